"""Evaluation of the Condition element."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from tests.embedded_aws.iam.reference.comparisons import Operator, compare, parse_operator
from tests.embedded_aws.iam.reference.documents import list_values
from tests.embedded_aws.iam.reference.logic import all_true, any_true
from tests.embedded_aws.iam.reference.model import ContextValue, UndeterminedError
from tests.embedded_aws.iam.reference.parsing import parse_boolean
from tests.embedded_aws.iam.reference.variables import CURRENT_VERSION, Expansion, Piece, expand, find_context_value

Context = Mapping[str, ContextValue]


def conditions_match(block: dict[str, Any], version: str, context: Context) -> bool:
    """Report whether every operator and every key of a condition block matches."""
    # Operators are joined by AND, and so are the keys of one operator.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
    return all_true(
        partial(condition_matches, parse_operator(name), key, values, version, context)
        for name, keys in block.items()
        for key, values in keys.items()
    )


def condition_matches(operator: Operator, key: str, values: Any, version: str, context: Context) -> bool:
    """Evaluate one operator for one context key."""
    if "${" in key and version == CURRENT_VERSION:
        raise UndeterminedError(f"a variable in the name of a condition key: {key}")
    actual = find_context_value(context, key)
    texts = [to_text(operator, value) for value in list_values(values)]
    if operator.family == "Null":
        return null_matches(operator, actual, texts)
    expected = [expand_value(operator, text, version, context) for text in texts]
    if actual is None:
        result = match_missing_key(operator)
    else:
        result = match_values(operator, actual, expected)
    if None in expected:
        check_variable_without_value(operator, key, result, key_is_present=actual is not None)
    return result


def to_text(operator: Operator, value: str | bool | int | float) -> str:
    """Return a condition value as a string."""
    # Quotation marks are optional for numeric and Boolean values.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html#policies-grammar-json
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and operator.family != "Numeric":
        raise UndeterminedError(f"a decimal number as a string: {value}")
    return str(value)


def expand_value(operator: Operator, text: str, version: str, context: Context) -> Expansion | None:
    """Expand the variables of one condition value, where the operator supports them."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-conditionelement
    if operator.family in ("String", "Arn"):
        return expand(text, version, context)
    if "${" in text:
        # Two pages contradict each other for Bool. No page says what other operators do.
        raise UndeterminedError(f"a variable with {operator.base}: {text}")
    return (Piece(text, "active"),)


def match_missing_key(operator: Operator) -> bool:
    """Return the result for a key that is not in the request context."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists
    if operator.if_exists:
        if operator.set_operator == "ForAnyValue":
            raise UndeterminedError("ForAnyValue is false and IfExists is true without the key")
        return True
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    if operator.set_operator == "ForAllValues":
        return True
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    if operator.set_operator == "ForAnyValue":
        return False
    # A negated operator is true, every other operator is false.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    return operator.negated


def match_values(operator: Operator, actual: ContextValue, expected: list[Expansion | None]) -> bool:
    """Return the result for a key that is in the request context."""
    members = [actual] if isinstance(actual, str) else list(actual)
    tests = [partial(member_matches, operator, member, expected) for member in members]
    is_null = all(member == "" for member in members)
    match operator.set_operator:
        case "ForAllValues":
            # A null data set, such as an empty string, is true.
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
            return is_null or all_true(tests)
        case "ForAnyValue":
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
            result = any_true(tests)
            if is_null and result:
                raise UndeterminedError("ForAnyValue with an empty string that matches")
            return result
        case _:
            # The number of values in the request makes a key single-valued or multivalued.
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
            if len(members) != 1:
                raise UndeterminedError("a multivalued context key without a set operator")
            return tests[0]()


def member_matches(operator: Operator, member: str, expected: list[Expansion | None]) -> bool:
    """Compare one value of the request with every value of the condition."""
    # Several values are joined by OR, and by NOR for a negated operator.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
    matched = any_true(partial(value_matches, operator, member, value) for value in expected)
    return not matched if operator.negated else matched


def value_matches(operator: Operator, member: str, expected: Expansion | None) -> bool:
    """Compare one value of the request with one value of the condition."""
    # Nothing is equal to or like a variable without a value.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
    return expected is not None and compare(operator, member, expected)


def check_variable_without_value(operator: Operator, key: str, result: bool, *, key_is_present: bool) -> None:
    """Raise UndeterminedError where a variable without a value may invalidate the statement."""
    # Negated operators match against the null value.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
    if operator.negated:
        return
    # The page says that IfExists prevents invalid statements, not how when the key is present.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    if operator.if_exists and not key_is_present:
        return
    if operator.if_exists or result:
        raise UndeterminedError(f"a variable without a value may invalidate the statement: {key}")


def null_matches(operator: Operator, actual: ContextValue | None, texts: list[str]) -> bool:
    """Evaluate the Null operator."""
    if operator.set_operator:
        raise UndeterminedError("a set operator with Null")
    return any_true(partial(is_null_as_expected, actual, text) for text in texts)


def is_null_as_expected(actual: ContextValue | None, text: str) -> bool:
    """Compare the presence of a key with the text true or false."""
    # true: the key does not exist. false: the key exists and its value is not null.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null
    expected_null = parse_boolean(text)
    if actual is None:
        return expected_null
    members = [actual] if isinstance(actual, str) else list(actual)
    # An empty string is a null value.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html#AccessPolicyLanguage_RequestContext
    if all(member == "" for member in members):
        if expected_null:
            raise UndeterminedError("Null with true for a key whose value is empty")
        return False
    return not expected_null
