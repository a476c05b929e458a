"""IAM's condition operators.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from embedded_aws.iam.condition_values import is_in_network, read_boolean, read_bytes, read_date, read_number
from embedded_aws.iam.context import Context
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.logic import all_of, any_of
from embedded_aws.iam.patterns import arn_like, fill, like, plain

# What the policy wants, what the request has.
Test = Callable[[str, str], bool]

_IF_EXISTS = "IfExists"
_ALL, _ANY = "ForAllValues", "ForAnyValue"
# Of whose values all of AWS's pages say that policy variables are replaced.
_WITH_VARIABLES = ("String", "Arn")


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One key of a condition block.

    Args:
        operator: as the policy writes it, such as `ForAllValues:StringLikeIfExists`.
        key: such as `aws:PrincipalArn`.
        wanted: the policy's values.
        variables: whether `${...}` in them are variables (not in policies of version 2008-10-17).
    """

    operator: str
    key: str
    wanted: tuple[str, ...]
    variables: bool = True

    def __post_init__(self) -> None:
        """AWS accepts no policy with an operator that it does not have.

        Raises:
            UndecidableError: there is no such operator.
        """
        quantifier, name, _ = self._parts()
        known = {*_TESTS, *_NEGATED}
        if self.operator != "Null" and (quantifier not in {"", _ALL, _ANY} or name not in known):
            raise UndecidableError(f"the embedded AWS does not know the condition operator {self.operator}")

    def holds(self, context: Context) -> bool:
        """Whether the request satisfies it.

        Raises:
            UndecidableError: the key is unknown, a value cannot be read, or AWS's pages leave it open.
        """
        if self.operator == "Null":
            return self._is_null(context)
        quantifier, name, if_exists = self._parts()
        given = context.values(self.key)
        wanted = self._filled(name, context)
        if given:
            result = self._compare(quantifier, name, wanted, given)
        else:
            result = self._without_key(quantifier, name, if_exists=if_exists)
        if None in wanted and name not in _NEGATED:
            self._check_missing_variable(result, if_exists=if_exists, exists=bool(given))
        return result

    def names_principal(self) -> bool:
        """Whether it lets only principals through whose ARN is one of its values."""
        return self.key.lower() == "aws:principalarn" and self.operator in _TESTS

    def _parts(self) -> tuple[str, str, bool]:
        """Set operator, operator, and whether IfExists follows."""
        quantifier, _, rest = self.operator.rpartition(":")
        name = rest.removesuffix(_IF_EXISTS)
        return quantifier, name, rest != name

    def _without_key(self, quantifier: str, name: str, *, if_exists: bool) -> bool:
        """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html"""
        if not if_exists:
            return quantifier == _ALL or (name in _NEGATED and not quantifier)
        if quantifier == _ANY:
            raise UndecidableError(f"AWS does not document what {self.operator} says if {self.key} is absent")
        return True

    def _compare(self, quantifier: str, name: str, wanted: Sequence[str | None], given: tuple[str, ...]) -> bool:
        questions = [partial(self._accepts, name, wanted, value) for value in given]
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
        empty = not any(given)
        if quantifier == _ALL:
            return empty or all_of(questions)
        if quantifier == _ANY:
            if any_of(questions) and empty:
                raise UndecidableError(f"AWS does not document what {self.operator} says of an empty {self.key}")
            return any_of(questions)
        if len(questions) > 1:
            raise UndecidableError(
                f"the condition key {self.key} has several values here, and {self.operator} compares one; "
                f"put {_ALL}: or {_ANY}: before it"
            )
        return questions[0]()

    def _accepts(self, name: str, wanted: Sequence[str | None], value: str) -> bool:
        """Whether one value of the request matches one of the policy's, or none of them if the operator is negated."""
        test = _TESTS[_NEGATED.get(name, name)]
        matched = any_of(partial(self._matches, test, want, value) for want in wanted if want is not None)
        return matched != (name in _NEGATED)

    def _matches(self, test: Test, want: str, value: str) -> bool:
        try:
            return test(want, value)
        except ValueError as error:
            raise UndecidableError(f"{self.operator} of {self.key}: {error}") from error

    def _filled(self, name: str, context: Context) -> list[str | None]:
        takes_variables = _NEGATED.get(name, name).startswith(_WITH_VARIABLES)
        if not takes_variables and any("${" in want for want in self.wanted):
            raise UndecidableError(f"{self.operator} of {self.key} has a policy variable, which AWS does not support")
        return [fill(want, context, variables=self.variables) for want in self.wanted]

    def _check_missing_variable(self, result: bool, *, if_exists: bool, exists: bool) -> None:
        """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"""
        if (result or if_exists) and (exists or not if_exists):
            raise UndecidableError(
                f"a policy variable in {self.operator} of {self.key} has no value; AWS only documents that this might "
                "make the statement invalid"
            )

    def _is_null(self, context: Context) -> bool:
        wanted = set(self.wanted)
        if not wanted <= {"true", "false"}:
            raise UndecidableError(f"the condition operator Null of {self.key} takes true or false, not {self.wanted}")
        given = context.values(self.key)
        if given and not any(given) and "true" in wanted:
            raise UndecidableError(f"AWS does not document whether an empty {self.key} is null")
        return ("false" if any(given) else "true" if not given else "") in wanted


def _compared(read: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Test:
    return lambda want, value: compare(read(value), read(want))


def _is(value: Any, want: Any) -> bool:
    return bool(value == want)


def _is_ignoring_case(want: str, value: str) -> bool:
    answers = {plain(want).lower() == value.lower(), plain(want).casefold() == value.casefold()}
    if len(answers) > 1:
        raise ValueError(f"AWS does not document the cases of {want!r} and {value!r}")
    return answers.pop()


_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equals": _is,
    "LessThan": lambda value, want: value < want,
    "LessThanEquals": lambda value, want: value <= want,
    "GreaterThan": lambda value, want: value > want,
    "GreaterThanEquals": lambda value, want: value >= want,
}
_TESTS: Mapping[str, Test] = {
    "StringEquals": lambda want, value: plain(want) == value,
    "StringEqualsIgnoreCase": _is_ignoring_case,
    "StringLike": like,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
    "Bool": _compared(read_boolean, _is),
    "BinaryEquals": _compared(read_bytes, _is),
    "IpAddress": is_in_network,
    **{f"Numeric{name}": _compared(read_number, order) for name, order in _ORDERS.items()},
    **{f"Date{name}": _compared(read_date, order) for name, order in _ORDERS.items()},
}
_NEGATED: Mapping[str, str] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
