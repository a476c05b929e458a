"""IAM's condition operators.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from embedded_aws.iam.context import Context
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.patterns import arn_like, like, plain, substitute

# What the policy wants, what the request has.
Test = Callable[[str, str], bool]

_IF_EXISTS = "IfExists"
_ALL, _ANY = "ForAllValues", "ForAnyValue"


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
            UndecidableError: the operator or the key is unknown, or a value of the policy cannot be read.
        """
        quantifier, _, rest = self.operator.rpartition(":")
        if rest == "Null":
            return self._is_null(context)
        name = rest.removesuffix(_IF_EXISTS)
        negated = name in _NEGATED
        test = _TESTS.get(_NEGATED.get(name, name))
        if test is None or quantifier not in {"", _ALL, _ANY}:
            raise UndecidableError(f"the embedded AWS does not know the condition operator {self.operator}")
        given = context.values(self.key)
        if not given:
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
            return rest != name or quantifier == _ALL or (negated and not quantifier)
        wanted = self._filled(context)
        results = [any(_read(test, self, want, value) for want in wanted) != negated for value in given]
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
        return ("false" if context.values(self.key) else "true") in wanted

    def _filled(self, context: Context) -> list[str]:
        if not self.variables:
            return list(self.wanted)
        return [want for text in self.wanted if (want := substitute(text, context)) is not None]


def _read(test: Test, condition: Condition, want: str, value: str) -> bool:
    try:
        return test(want, value)
    except _UnreadableValueError:
        return False  # what the request has is no number, date or address: it equals none
    except ValueError as error:
        raise UndecidableError(f"{condition.operator} of {condition.key}: {want!r} in the policy: {error}") from error


class _UnreadableValueError(Exception):
    """The request's value is not of the operator's kind."""


def _given(read: Callable[[str], float], value: str) -> float:
    try:
        return read(value)
    except ValueError as error:
        raise _UnreadableValueError from error


def _compared(read: Callable[[str], float], compare: Callable[[float, float], bool]) -> Test:
    return lambda want, value: compare(_given(read, value), read(want))


def _moment(text: str) -> float:
    """Seconds since 1970, written so or in ISO 8601."""
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _in_network(want: str, value: str) -> bool:
    network = ipaddress.ip_network(want, strict=False)
    try:
        return ipaddress.ip_address(value) in network
    except ValueError as error:
        raise _UnreadableValueError from error


def _bool(want: str, value: str) -> bool:
    if want.lower() not in {"true", "false"}:
        raise ValueError("Bool takes true or false")
    return want.lower() == value.lower()


def _binary(want: str, value: str) -> bool:
    try:
        return base64.b64decode(want, validate=True) == base64.b64decode(value)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "Equals": lambda value, want: value == want,
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
    "Bool": _bool,
    "BinaryEquals": _binary,
    "IpAddress": _in_network,
    **{f"Numeric{name}": _compared(float, order) for name, order in _ORDERS.items()},
    **{f"Date{name}": _compared(_moment, order) for name, order in _ORDERS.items()},
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
