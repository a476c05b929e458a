"""Comparison of one context value with one value of a condition."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from tests.embedded_aws.iam.reference.logic import same_answer
from tests.embedded_aws.iam.reference.model import InvalidPolicyError, UndeterminedError
from tests.embedded_aws.iam.reference.parsing import (
    is_in_network,
    parse_binary,
    parse_boolean,
    parse_date,
    parse_number,
)
from tests.embedded_aws.iam.reference.variables import Expansion, join_text, read_patterns
from tests.embedded_aws.iam.reference.wildcards import Token, matches, split_components

Family = Literal["String", "Numeric", "Date", "Bool", "Binary", "IpAddress", "Arn", "Null"]

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
FAMILIES: dict[str, Family] = {
    "StringEquals": "String",
    "StringEqualsIgnoreCase": "String",
    "StringLike": "String",
    "NumericEquals": "Numeric",
    "NumericLessThan": "Numeric",
    "NumericLessThanEquals": "Numeric",
    "NumericGreaterThan": "Numeric",
    "NumericGreaterThanEquals": "Numeric",
    "DateEquals": "Date",
    "DateLessThan": "Date",
    "DateLessThanEquals": "Date",
    "DateGreaterThan": "Date",
    "DateGreaterThanEquals": "Date",
    "Bool": "Bool",
    "BinaryEquals": "Binary",
    "IpAddress": "IpAddress",
    "ArnEquals": "Arn",
    "ArnLike": "Arn",
    "Null": "Null",
}
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": lambda left, right: bool(left == right),
    "LessThan": lambda left, right: bool(left < right),
    "LessThanEquals": lambda left, right: bool(left <= right),
    "GreaterThan": lambda left, right: bool(left > right),
    "GreaterThanEquals": lambda left, right: bool(left >= right),
}


@dataclass(frozen=True)
class Operator:
    """A condition operator, split into its parts. `base` is the positive operator."""

    base: str
    negated: bool
    set_operator: str
    if_exists: bool

    @property
    def family(self) -> Family:
        return FAMILIES[self.base]


def parse_operator(name: str) -> Operator:
    """Split an operator name such as ForAnyValue:StringNotLikeIfExists."""
    set_operator, colon, rest = name.rpartition(":")
    if set_operator not in ("", "ForAllValues", "ForAnyValue") or (colon and not set_operator):
        raise InvalidPolicyError(f"condition operator: {name}")
    base = rest.removesuffix("IfExists")
    if_exists = rest != base
    negated = base in NEGATED
    base = NEGATED.get(base, base)
    # IfExists can end any operator name except Null.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists
    if base not in FAMILIES or (base == "Null" and if_exists):
        raise InvalidPolicyError(f"condition operator: {name}")
    return Operator(base, negated, set_operator, if_exists)


def compare(operator: Operator, actual: str, expected: Expansion) -> bool:
    """Compare one context value with one expanded policy value, without the negation."""
    text = join_text(expected)
    match operator.family:
        case "String":
            return compare_strings(operator.base, actual, expected)
        case "Arn":
            return compare_arns(actual, expected)
        case "Numeric":
            ordering = ORDERINGS[operator.base.removeprefix("Numeric")]
            return ordering(parse_number(actual), parse_number(text))
        case "Date":
            ordering = ORDERINGS[operator.base.removeprefix("Date")]
            return ordering(parse_date(actual), parse_date(text))
        case "Bool":
            return parse_boolean(actual) == parse_boolean(text)
        case "Binary":
            return parse_binary(actual) == parse_binary(text)
        case "IpAddress":
            return is_in_network(actual, text)
        case _:
            raise InvalidPolicyError(f"{operator.base} compares no values")


def compare_strings(base: str, actual: str, expected: Expansion) -> bool:
    """Compare strings exactly, ignoring case, or with wildcards."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
    text = join_text(expected)
    if base == "StringEquals":
        return actual == text
    if base == "StringEqualsIgnoreCase":
        readings = [actual.lower() == text.lower(), actual.casefold() == text.casefold()]
        return same_answer("case of characters outside ASCII", readings)
    readings = [matches(pattern, actual) for pattern in read_patterns(expected)]
    return same_answer("wildcards in the value of a variable", readings)


def compare_arns(actual: str, expected: Expansion) -> bool:
    """Compare the six components of two ARNs separately, with wildcards."""
    # ArnEquals and ArnLike behave identically.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
    readings = [compare_components(actual, pattern) for pattern in read_patterns(expected)]
    return same_answer("wildcards in the value of a variable", readings)


def compare_components(actual: str, pattern: tuple[Token, ...]) -> bool:
    """Compare each of the six components of an ARN."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
    patterns = split_components(pattern, 6)
    values = actual.split(":", 5)
    if len(patterns) != 6 or len(values) != 6:
        raise UndeterminedError("an ARN operator with a string of less than six components")
    return all(matches(left, right) for left, right in zip(patterns, values, strict=True))
