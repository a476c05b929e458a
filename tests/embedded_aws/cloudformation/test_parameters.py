"""Parameters of templates."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.parameters import GivenParameter, ParameterValue, resolve_parameters

STORE = {"/version": "21", "/zones": "a, b"}


def resolve(
    declared: dict[str, Any], previous: dict[str, ParameterValue] | None = None, **given: str | None
) -> dict[str, ParameterValue]:
    return resolve_parameters(
        declared,
        given={name: GivenParameter(value=value) for name, value in given.items()},
        previous=previous or {},
        fetch=STORE.__getitem__,
    )


def test_a_given_value_wins_over_the_default() -> None:
    declared = {"A": {"Type": "String", "Default": "x"}, "B": {"Type": "Number", "Default": 3}}
    values = resolve(declared, A="y")
    assert (values["A"].value, values["B"].value) == ("y", "3")


def test_lists_are_split_at_commas() -> None:
    declared = {"A": {"Type": "CommaDelimitedList"}, "B": {"Type": "List<Number>"}, "C": {"Type": "List<String>"}}
    values = resolve(declared, A="a, b", B="1,2", C="")
    assert [values[name].value for name in "ABC"] == [["a", "b"], ["1", "2"], []]


def test_a_stored_parameter_is_fetched_and_its_name_is_kept_for_the_next_operation() -> None:
    declared = {
        "Version": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/version"},
        "Zones": {"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/zones"},
    }
    first = resolve(declared)
    assert first["Version"] == ParameterValue(raw="/version", value="21", fetched="21")
    assert first["Zones"].value == ["a", "b"]
    again = resolve(declared, previous=first, Version=None)
    assert again["Version"].raw == "/version"
    assert again["Version"].value == "21"


@pytest.mark.parametrize(
    ("body", "value", "words"),
    [
        ({"Type": "String", "AllowedValues": ["a", "b"]}, "c", "Parameter 'P' must be one of AllowedValues [a, b]"),
        ({"Type": "String", "AllowedPattern": "[a-z]+"}, "A", "must match pattern [a-z]+"),
        ({"Type": "String", "AllowedPattern": "a", "ConstraintDescription": "be a"}, "b", "constraint: be a"),
        ({"Type": "String", "MinLength": 2}, "a", "must contain at least 2 characters"),
        ({"Type": "String", "MaxLength": "1"}, "ab", "must contain at most 1 characters"),
        ({"Type": "Number"}, "many", "must be a number"),
        ({"Type": "Number", "MinValue": 2}, "1", "must be a number not less than 2"),
        ({"Type": "Number", "MaxValue": 2}, "3", "must be a number not greater than 2"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a"]}, "a,b", "must be one of AllowedValues"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused(body: dict[str, Any], value: str, words: str) -> None:
    with pytest.raises(CloudFormationError) as refused:
        resolve({"P": body}, P=value)
    assert words in refused.value.message


def test_missing_and_unknown_parameters_are_named() -> None:
    with pytest.raises(CloudFormationError, match=r"Parameters: \[A, B\] must have values"):
        resolve({"A": {"Type": "String"}, "B": {"Type": "String"}})
    with pytest.raises(CloudFormationError, match=r"Parameters: \[C\] do not exist in the template"):
        resolve({}, C="x")
    with pytest.raises(CloudFormationError, match="Cannot specify usePreviousValue as true"):
        resolve({"A": {"Type": "String"}}, A=None)
