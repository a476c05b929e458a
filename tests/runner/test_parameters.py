"""Parameters are checked against the definition before anything runs."""

from __future__ import annotations

from typing import Any

import pytest

from mlproject.errors import UserError
from mlproject.runner.parameters import parameter_values
from tests.definition.folders import document as flight_delays
from tests.runner.samples import definition, parameter

DOCUMENT = definition(
    parameters=(
        parameter("Rounds", "Integer", 400),
        parameter("Margin", "Float", 0.02),
        parameter("InstanceType", "String", "ml.m5.large", EnumValues=["ml.m5.large", "ml.c5.xlarge"]),
        parameter("Full", "Boolean", False),
    )
)


def test_defaults_fill_what_is_not_given() -> None:
    values = {"Rounds": 400, "Margin": 0.02, "InstanceType": "ml.m5.large", "Full": False}
    assert parameter_values(DOCUMENT, {}) == values


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("Rounds", "5", 5), ("Margin", "0.5", 0.5), ("Margin", "1", 1.0), ("Full", "TRUE", True), ("Rounds", -1, -1)],
)
def test_a_text_becomes_the_declared_type(name: str, text: Any, value: Any) -> None:
    assert parameter_values(DOCUMENT, {name: text})[name] == value


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"Rouns": "5"}, "parameter 'Rouns': the pipeline has no such parameter. Did you mean Rounds?"),
        (
            {"x": "5"},
            "parameter 'x': the pipeline has no such parameter. Parameters: Rounds, Margin, InstanceType, Full.",
        ),
        ({"Rounds": "5.5"}, "parameter Rounds='5.5': must be a whole number."),
        ({"Rounds": True}, "parameter Rounds=True: must be a whole number."),
        ({"Margin": "nan-ish"}, "parameter Margin='nan-ish': must be a number."),
        ({"Margin": "inf"}, "parameter Margin='inf': must be a number."),
        ({"Margin": "nan"}, "parameter Margin='nan': must be a number."),
        ({"Full": "yes"}, "parameter Full='yes': must be true or false."),
        (
            {"InstanceType": "ml.t2.nano"},
            "parameter InstanceType='ml.t2.nano': must be one of ml.m5.large, ml.c5.xlarge.",
        ),
    ],
)
def test_a_wrong_parameter_is_said_in_one_sentence(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        parameter_values(DOCUMENT, given)
    assert str(refused.value) == sentence


def test_every_finding_is_said_at_once() -> None:
    with pytest.raises(UserError) as refused:
        parameter_values(DOCUMENT, {"Rounds": "x", "Margin": "y", "Other": "z"})
    assert len(str(refused.value).splitlines()) == 3


def test_a_parameter_without_default_must_be_given() -> None:
    with pytest.raises(UserError, match=r"parameter Data \(String\) has no default. Set it with --parameter Data="):
        parameter_values(definition(parameters=(parameter("Data", "String"),)), {})


@pytest.mark.parametrize("as_default", [False, True])
def test_a_value_that_aws_would_refuse_is_refused_before_anything_runs(as_default: bool) -> None:
    document = flight_delays()
    given = {} if as_default else {"InstanceType": "ml.m5.largest"}
    if as_default:
        document["Parameters"][0]["DefaultValue"] = "ml.m5.largest"
    with pytest.raises(UserError) as refused:
        parameter_values(document, given)
    assert str(refused.value) == (
        "parameter InstanceType='ml.m5.largest': step Prepare: ProcessingResources.ClusterConfig.InstanceType: "
        "'ml.m5.largest' is not one of the 207 allowed values (also in Train, Evaluate, Score). "
        "Did you mean ml.m5.large?"
    )
