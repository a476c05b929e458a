"""IAM's condition operators.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.iam.condition_values import (
    read_address,
    read_boolean,
    read_bytes,
    read_date,
    read_network,
    read_number,
)
from embedded_aws.iam.context import Context
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.patterns import arn_like, like, plain, substitute

# What the policy wants, what the request has.
Test = Callable[[str, str], bool]

_IF_EXISTS = "IfExists"
_ALL, _ANY = "ForAllValues", "ForAnyValue"
# Of whose values AWS documents that policy variables are replaced.
_WITH_VARIABLES = ("String", "Arn", "Bool")


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

    def holds(self, context: Context) -> bool:
        """Whether the request satisfies it.

        Raises:
            UndecidableError: the operator or the key is unknown, or a value cannot be read.
        """
        if self.operator == "Null":
            return self._is_null(context)
        quantifier, _, rest = self.operator.rpartition(":")
        name = rest.removesuffix(_IF_EXISTS)
        negated = name in _NEGATED
        test = _TESTS.get(_NEGATED.get(name, name))
        if test is None or quantifier not in {"", _ALL, _ANY}:
            raise UndecidableError(f"the embedded AWS does not know the condition operator {self.operator}")
        given = context.values(self.key)
        if not given or (quantifier and _is_empty(given)):
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
            return rest != name or quantifier == _ALL or (negated and not quantifier)
        wanted = self._filled(name, context)
        results = [any(self._test(test, want, value) for want in wanted) != negated for value in given]
        if quantifier == _ANY:
            return any(results)
        if len(results) > 1 and not quantifier:
            raise UndecidableError(
                f"the condition key {self.key} has several values here, and {self.operator} compares one; "
                f"put {_ALL}: or {_ANY}: before it"
            )
        return all(results)

    def _is_null(self, context: Context) -> bool:
        wanted = {want.lower() for want in self.wanted}
        if not wanted <= {"true", "false"}:
            raise UndecidableError(f"the condition operator Null of {self.key} takes true or false, not {self.wanted}")
        return ("true" if _is_empty(context.values(self.key)) else "false") in wanted

    def _filled(self, name: str, context: Context) -> list[str]:
        if not self.variables:
            return list(self.wanted)
        if not name.startswith(_WITH_VARIABLES) and any("${" in want for want in self.wanted):
            raise UndecidableError(f"{self.operator} of {self.key} has a policy variable, which AWS does not support")
        return [want for text in self.wanted if (want := substitute(text, context)) is not None]

    def _test(self, test: Test, want: str, value: str) -> bool:
        try:
            return test(want, value)
        except ValueError as error:
            raise UndecidableError(f"{self.operator} of {self.key}: {error}") from error


def _is_empty(values: tuple[str, ...]) -> bool:
    """Whether a key is absent, or resolves to a null dataset, as an empty string does.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
    """
    return not any(values)


def _compared(read: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Test:
    return lambda want, value: compare(read(value), read(want))


def _is(value: Any, want: Any) -> bool:
    return bool(value == want)


_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equals": _is,
    "LessThan": lambda value, want: value < want,
    "LessThanEquals": lambda value, want: value <= want,
    "GreaterThan": lambda value, want: value > want,
    "GreaterThanEquals": lambda value, want: value >= want,
}
_TESTS: Mapping[str, Test] = {
    "StringEquals": lambda want, value: plain(want) == value,
    "StringEqualsIgnoreCase": lambda want, value: plain(want).casefold() == value.casefold(),
    "StringLike": like,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
    "Bool": _compared(read_boolean, _is),
    "BinaryEquals": _compared(read_bytes, _is),
    "IpAddress": lambda want, value: read_address(value) in read_network(want),
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
