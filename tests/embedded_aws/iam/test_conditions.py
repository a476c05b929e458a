"""IAM's condition operators, each case with the page of AWS's documentation that says so."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded_aws.iam import context
from embedded_aws.iam.conditions import Condition
from embedded_aws.iam.context import Context
from embedded_aws.iam.errors import UndecidableError

GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
OPERATORS = f"{GUIDE}/reference_policies_elements_condition_operators.html"
SEVERAL = f"{GUIDE}/reference_policies_condition-logic-multiple-context-keys-or-values.html"
SETS = f"{GUIDE}/reference_policies_condition-single-vs-multi-valued-context-keys.html"
VARIABLES = f"{GUIDE}/reference_policies_variables.html"

NONE: tuple[str, ...] = ()
# Operator, values of the policy, values of the request, whether it holds, page.
CASES: list[tuple[str, Any, Any, bool, str]] = [
    ("StringEquals", ["a", "b"], "b", True, f"{SEVERAL}#reference_policies_multiple-conditions-eval"),
    ("StringEquals", "A", "a", False, f"{OPERATORS}#Conditions_String"),
    ("StringEquals", "a*", "ab", False, f"{OPERATORS}#Conditions_String"),
    ("StringEquals", "a", NONE, False, f"{OPERATORS}#Conditions_String"),
    ("StringNotEquals", "a", "b", True, f"{OPERATORS}#Conditions_String"),
    ("StringNotEquals", ["a", "b"], "b", False, f"{SEVERAL}#reference_policies_multiple-conditions-eval"),
    ("StringNotEquals", "a", NONE, True, f"{OPERATORS}#Conditions_String"),
    ("StringEqualsIgnoreCase", "Ab", "aB", True, f"{OPERATORS}#Conditions_String"),
    ("StringNotEqualsIgnoreCase", "Ab", "aB", False, f"{OPERATORS}#Conditions_String"),
    ("StringLike", "a*", "abc", True, f"{OPERATORS}#Conditions_String"),
    ("StringLike", "a?", "abc", False, f"{OPERATORS}#Conditions_String"),
    ("StringLike", "a.c", "abc", False, f"{OPERATORS}#Conditions_String"),
    ("StringLike", "a*", "a\nb", True, f"{OPERATORS}#Conditions_String"),
    ("StringNotLike", "a*", "abc", False, f"{OPERATORS}#Conditions_String"),
    ("StringNotLike", "a*", NONE, True, f"{OPERATORS}#Conditions_String"),
    ("NumericEquals", "10", "10.0", True, f"{OPERATORS}#Conditions_Numeric"),
    ("NumericNotEquals", "10", "9", True, f"{OPERATORS}#Conditions_Numeric"),
    ("NumericLessThan", "10", "9", True, f"{OPERATORS}#Conditions_Numeric"),
    ("NumericLessThan", "10", "10", False, f"{OPERATORS}#Conditions_Numeric"),
    ("NumericLessThanEquals", "10", "10", True, f"{OPERATORS}#Conditions_Numeric"),
    ("NumericGreaterThan", "10", "9", False, f"{OPERATORS}#Conditions_Numeric"),
    ("NumericGreaterThanEquals", "10", "10", True, f"{OPERATORS}#Conditions_Numeric"),
    ("NumericEquals", "9007199254740993", "9007199254740992", False, f"{OPERATORS}#Conditions_Numeric"),
    ("DateGreaterThan", "2020-01-01T00:00:00Z", "2026-01-01T00:00:00Z", True, f"{OPERATORS}#Conditions_Date"),
    ("DateLessThan", "2020-01-01T00:00:00Z", "2026-01-01T00:00:00Z", False, f"{OPERATORS}#Conditions_Date"),
    ("DateEquals", "1577836800", "2020-01-01T00:00:00Z", True, f"{OPERATORS}#Conditions_Date"),
    ("DateEquals", "2020-01-01T00:00Z", "2020-01-01T01:00:00+01:00", True, f"{OPERATORS}#Conditions_Date"),
    ("DateLessThan", "2020-01-01T00:00:00.5Z", "1577836800", True, f"{OPERATORS}#Conditions_Date"),
    ("DateNotEquals", "1577836800", "2020-01-01T00:00:00Z", False, f"{OPERATORS}#Conditions_Date"),
    ("Bool", "true", "true", True, f"{OPERATORS}#Conditions_Boolean"),
    ("Bool", "false", "true", False, f"{OPERATORS}#Conditions_Boolean"),
    ("Bool", "false", NONE, False, f"{OPERATORS}#Conditions_Boolean"),
    ("BinaryEquals", "YWJj", "YWJj", True, f"{OPERATORS}#Conditions_BinaryEquals"),
    ("BinaryEquals", "YWJj", "YWJk", False, f"{OPERATORS}#Conditions_BinaryEquals"),
    ("IpAddress", "203.0.113.0/24", "203.0.113.7", True, f"{OPERATORS}#Conditions_IPAddress"),
    ("IpAddress", "203.0.113.0/24", "198.51.100.7", False, f"{OPERATORS}#Conditions_IPAddress"),
    ("IpAddress", ["203.0.113.7", "2001:db8::/32"], "2001:db8::1", True, f"{OPERATORS}#Conditions_IPAddress"),
    ("IpAddress", "2001:db8::1", "2001:db8::1", True, f"{OPERATORS}#Conditions_IPAddress"),
    ("NotIpAddress", "203.0.113.0/24", "203.0.113.7", False, f"{OPERATORS}#Conditions_IPAddress"),
    ("ArnLike", "arn:aws:iam::*:role/x*", "arn:aws:iam::1:role/xy", True, f"{OPERATORS}#Conditions_ARN"),
    ("ArnEquals", "arn:aws:iam::*:role/x*", "arn:aws:iam::1:role/xy", True, f"{OPERATORS}#Conditions_ARN"),
    ("ArnLike", "arn:aws:s3:*::b", "arn:aws:s3:::bucket", False, f"{OPERATORS}#Conditions_ARN"),
    ("ArnNotLike", "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/z", False, f"{OPERATORS}#Conditions_ARN"),
    ("ArnNotEquals", "arn:aws:iam::1:role/*", "arn:aws:iam::2:role/z", True, f"{OPERATORS}#Conditions_ARN"),
    ("StringEqualsIfExists", "a", NONE, True, f"{OPERATORS}#Conditions_IfExists"),
    ("StringEqualsIfExists", "a", "b", False, f"{OPERATORS}#Conditions_IfExists"),
    ("BoolIfExists", "true", NONE, True, f"{OPERATORS}#Conditions_IfExists"),
    ("StringNotLikeIfExists", "a", NONE, True, f"{OPERATORS}#Conditions_IfExists"),
    ("Null", "true", NONE, True, f"{OPERATORS}#Conditions_Null"),
    ("Null", "true", "x", False, f"{OPERATORS}#Conditions_Null"),
    ("Null", "false", NONE, False, f"{OPERATORS}#Conditions_Null"),
    ("Null", "false", "x", True, f"{OPERATORS}#Conditions_Null"),
    ("Null", "false", "", False, f"{OPERATORS}#Conditions_ARN"),
    ("ForAllValues:StringEquals", ["a", "b"], ("a", "b"), True, SETS),
    ("ForAllValues:StringEquals", ["a", "b"], ("a", "c"), False, SETS),
    ("ForAllValues:StringEquals", "a", NONE, True, SETS),
    ("ForAllValues:StringEquals", "a", "", True, f"{OPERATORS}#Conditions_ARN"),
    ("ForAllValues:StringNotEquals", "a", ("b", "a"), False, SETS),
    ("ForAnyValue:StringEquals", ["a", "b"], ("a", "c"), True, SETS),
    ("ForAnyValue:StringEquals", "a", NONE, False, SETS),
    ("ForAnyValue:StringEquals", "a", "", False, SETS),
    ("ForAnyValue:StringLike", "a*", ("b", "ab"), True, SETS),
    ("ForAnyValue:StringNotEquals", "a", ("b", "a"), True, SETS),
    ("StringEquals", "${aws:username}", "bob", True, f"{VARIABLES}#policy-vars-using-variables"),
    ("StringLike", "${AWS:UserName}/*", "bob/x", True, f"{VARIABLES}#policy-vars-using-variables"),
    ("StringLike", "${team:pattern}", "bc", False, f"{VARIABLES}#policy-vars-using-variables"),
    ("StringLike", "${team:pattern}", "a*", True, f"{VARIABLES}#policy-vars-using-variables"),
    ("StringEquals", "${team:pattern}", "a*", True, f"{VARIABLES}#policy-vars-using-variables"),
    ("StringLike", "a${*}b", "axb", False, f"{VARIABLES}#policy-vars-specialchars"),
    ("StringLike", "a${*}b", "a*b", True, f"{VARIABLES}#policy-vars-specialchars"),
    ("StringLike", "a${?}", "a?", True, f"{VARIABLES}#policy-vars-specialchars"),
    ("StringEquals", "${$}x", "$x", True, f"{VARIABLES}#policy-vars-specialchars"),
    ("StringEquals", "${aws:PrincipalTag/team}", "", False, f"{VARIABLES}#policy-vars-no-value"),
    ("StringNotEquals", "${aws:PrincipalTag/team}", "x", True, f"{VARIABLES}#policy-vars-no-value"),
    ("StringEquals", "${aws:PrincipalTag/team, 'none'}", "none", True, f"{VARIABLES}#policy-vars-default-values"),
]  # fmt: skip


def known(value: Any) -> Context:
    """A request with the key `k`, a user, and no tags."""
    values = value if isinstance(value, tuple) else (value,)
    keys = context.of({"k": values, "aws:username": "bob", "team:pattern": "a*", "team:empty": ""})
    return Context(keys.keys, {"aws:principaltag/": context.tags({})})


def condition(operator: str, wanted: Any, **changes: Any) -> Condition:
    return Condition(
        operator=operator, key="K", wanted=tuple(wanted) if isinstance(wanted, list) else (wanted,), **changes
    )


@pytest.mark.parametrize(("operator", "wanted", "value", "holds", "page"), CASES, ids=lambda each: str(each)[-60:])
def test_an_operator_decides_as_its_page_says(operator: str, wanted: Any, value: Any, holds: bool, page: str) -> None:
    assert condition(operator, wanted).holds(known(value)) is holds, page


def test_variables_are_text_in_policies_of_the_old_version() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html"""
    assert condition("StringEquals", "${aws:username}", variables=False).holds(known("${aws:username}"))
    assert not condition("StringEquals", "${aws:username}", variables=False).holds(known("bob"))


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "says"),
    [
        ("StringResembles", "a", "a", "condition operator StringResembles"),
        ("ForSomeValues:StringEquals", "a", "a", "condition operator ForSomeValues:StringEquals"),
        ("NullIfExists", "true", "a", "condition operator NullIfExists"),
        ("ForAllValues:Null", "true", "a", "condition operator ForAllValues:Null"),
        ("Null", "yes", "a", "takes true or false"),
        ("Bool", "yes", "true", "'yes' is neither true nor false"),
        ("Bool", "false", "Disabled", "'Disabled' is neither true nor false"),
        ("NumericEquals", "ten", "1", "'ten' is not a number"),
        ("NumericNotEquals", "1", "ten", "'ten' is not a number"),
        ("NumericEquals", "1_000", "1000", "'1_000' is not a number"),
        ("NumericLessThan", "nan", "1", "'nan' is not a number"),
        ("NumericLessThan", "${aws:username}", "1", "has a policy variable"),
        ("DateEquals", "soon", "1", "'soon' is not a date"),
        ("DateLessThan", "2026", "1", "'2026' is not a date"),
        ("DateLessThan", "2026-01-01T00:00:00", "1", "'2026-01-01T00:00:00' is not a date"),
        ("DateLessThan", "2026-01-01", "1", "'2026-01-01' is not a date"),
        ("DateGreaterThan", "2026-13-01T00:00Z", "1", "month must be in"),
        ("DateGreaterThan", "1577836800.5", "1", "is not a date"),
        ("IpAddress", "300.0.0.0/8", "10.0.0.1", "'300.0.0.0/8'"),
        ("IpAddress", "2001:db8::1", "2001:db8::2", "'2001:db8::1' has no prefix"),
        ("NotIpAddress", "10.0.0.0/8", "here", "'here' does not appear to be"),
        ("IpAddress", "10.0.0.1/8", "10.0.0.1", "10.0.0.1/8 has host bits set"),
        ("IpAddress", "10.0.0.0/255.0.0.0", "10.0.0.1", "has no prefix such as /24"),
        ("IpAddress", "10.0.0.0/8", "::ffff:10.0.0.1", "is an address of IPv4"),
        ("BinaryEquals", "%", "YWJj", "BinaryEquals of K"),
        ("ArnNotLike", "*key/x", "arn:aws:kms:eu-west-1:1:key/x", "six parts of an ARN"),
        ("ArnLike", "arn:aws:iam::*:role/x*", "role/xy", "'role/xy' does not have the six parts of an ARN"),
        ("Bool", "True", "true", "'True' is neither true nor false"),
        ("Bool", "${aws:username}", "true", "has a policy variable"),
        ("StringLike", "${team:pattern}", "abc", "which characters the wildcards of 'a\\*' cover"),
        ("StringLike", "${aws:PrincipalTag/team, '*'}", "abc", "which characters the wildcards"),
        ("StringEquals", "${aws:username", "bob", "is not written as AWS documents it"),
        ("StringEquals", "${aws:username,'x'}", "bob", "is not written as AWS documents it"),
        ("StringEquals", "${team:empty}", "bob", "has an empty value"),
        ("StringEqualsIfExists", "${aws:PrincipalTag/team}", "x", "has no value"),
        ("StringEqualsIgnoreCase", "STRASSE", "straße", "does not document the cases"),
        ("ForAnyValue:StringEquals", "", "", "says of an empty K"),
        ("ForAnyValue:StringEqualsIfExists", "a", NONE, "if K is absent"),
        ("Null", "true", "", "whether an empty K is null"),
        ("StringEquals", "a", ("a", "b"), "has several values here"),
        ("StringEquals", "${k}", ("a", "b"), r"policy variable \$\{k\} has several values"),
        ("StringEquals", "${aws:TokenIssueTime}", "a", "condition key aws:TokenIssueTime"),
    ],
)
def test_what_is_not_known_is_told_by_name_and_never_guessed(operator: str, wanted: str, value: Any, says: str) -> None:
    with pytest.raises(UndecidableError, match=says):
        condition(operator, wanted).holds(known(value))


def test_a_variable_without_a_value_beside_a_value_that_matches_is_not_decided() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"""
    wanted = ["x", "${aws:PrincipalTag/team}"]
    with pytest.raises(UndecidableError, match="might make the statement invalid"):
        condition("StringEquals", wanted).holds(known("x"))
    assert not condition("StringEquals", wanted).holds(known("y"))
    assert condition("StringNotEquals", wanted).holds(known("y"))


def test_what_cannot_be_decided_matters_only_if_the_other_values_leave_it_open() -> None:
    assert condition("NumericEquals", ["one", "1"]).holds(known("1"))
    with pytest.raises(UndecidableError, match="'one' is not a number"):
        condition("NumericEquals", ["one", "2"]).holds(known("1"))


def test_tags_that_differ_in_case_only_are_not_decided() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html#access_tags_control-tag-keys"""
    told = Context({}, {"aws:resourcetag/": context.tags({"Team": "a", "team": "b", "stage": "x"})})
    assert Condition(operator="StringEquals", key="aws:ResourceTag/Stage", wanted=("x",)).holds(told)
    with pytest.raises(UndecidableError, match="differ in case only"):
        Condition(operator="StringEquals", key="aws:ResourceTag/team", wanted=("a",)).holds(told)


def test_a_key_that_nobody_knows_is_not_a_key_that_is_absent() -> None:
    with pytest.raises(UndecidableError, match="does not know the condition key aws:Unheard"):
        Condition(operator="StringNotEquals", key="aws:Unheard", wanted=("a",)).holds(known("a"))


TEXT = st.text(alphabet="ab*?./:$", max_size=8)


@given(TEXT, TEXT)
def test_a_wildcard_matches_as_a_walk_through_both_texts_does(pattern: str, value: str) -> None:
    def walk(pattern: str, value: str) -> bool:
        if not pattern:
            return not value
        if pattern[0] == "*":
            return walk(pattern[1:], value) or (bool(value) and walk(pattern, value[1:]))
        return bool(value) and pattern[0] in {"?", value[0]} and walk(pattern[1:], value[1:])

    assert condition("StringLike", pattern, variables=False).holds(known(value)) is walk(pattern, value)


@given(st.sampled_from(["String", "Numeric", "Date"]), st.integers(0, 99), st.integers(0, 99))
def test_a_negated_operator_is_the_opposite_where_the_key_is_there(kind: str, want: int, value: int) -> None:
    holds = condition(f"{kind}Equals", str(want)).holds(known(str(value)))
    assert condition(f"{kind}NotEquals", str(want)).holds(known(str(value))) is not holds


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_an_address_is_in_its_own_network(address: ipaddress.IPv4Address, length: int) -> None:
    network = ipaddress.ip_network(f"{address}/{length}", strict=False)
    assert condition("IpAddress", str(network)).holds(known(str(address)))
