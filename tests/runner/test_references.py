"""References and functions resolve to what the service resolves them to."""

from __future__ import annotations

from typing import Any

import pytest

from mlproject.errors import UserError
from mlproject.runner.references import Scope, look_up, resolve
from tests.runner.samples import join, json_get


@pytest.fixture
def scope() -> Scope:
    outputs = [
        {"OutputName": "train", "S3Output": {"S3Uri": "s3://a/train"}},
        {"OutputName": "test", "S3Output": {"S3Uri": "s3://a/test"}},
    ]
    return Scope(
        parameters={"Rounds": 5, "Margin": 0.02, "Full": True, "Zero": 0},
        execution={"PipelineExecutionId": "abc"},
        steps={"Prepare": {"ProcessingOutputConfig": {"Outputs": outputs}, "ExitMessage": None}},
        property_files={("Evaluate", "Metrics"): {"auc": 0.7, "by": [{"month": 11}], "a key": {"x.y": 1}}},
        read_json=lambda uri: {"read": uri},
    )


def test_a_parameter_keeps_its_type(scope: Scope) -> None:
    assert resolve({"Get": "Parameters.Rounds"}, scope) == 5


def test_an_execution_variable_resolves(scope: Scope) -> None:
    assert resolve({"Get": "Execution.PipelineExecutionId"}, scope) == "abc"


def test_an_item_of_a_list_is_found_by_its_name(scope: Scope) -> None:
    path = "Steps.Prepare.ProcessingOutputConfig.Outputs['test'].S3Output.S3Uri"
    assert resolve({"Get": path}, scope) == "s3://a/test"


def test_an_item_of_a_list_is_found_by_its_index(scope: Scope) -> None:
    assert resolve({"Get": "Steps.Prepare.ProcessingOutputConfig.Outputs[0].OutputName"}, scope) == "train"


def test_a_null_is_a_value(scope: Scope) -> None:
    assert resolve({"Get": "Steps.Prepare.ExitMessage"}, scope) is None


def test_references_inside_lists_and_objects_resolve(scope: Scope) -> None:
    assert resolve({"a": [{"b": {"Get": "Parameters.Rounds"}}]}, scope) == {"a": [{"b": 5}]}


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (["s3://b", {"Get": "Parameters.Rounds"}], "s3://b/5"),
        ([{"Get": "Parameters.Margin"}], "0.02"),
        ([{"Get": "Parameters.Full"}, {"Get": "Parameters.Zero"}], "true/0"),
        ([join("a", "b", on="-"), "c"], "a-b/c"),
        ([], ""),
    ],
)
def test_join_writes_values_as_json_does(scope: Scope, values: list[Any], text: str) -> None:
    assert resolve(join(*values), scope) == text


@pytest.mark.parametrize(
    ("path", "value"),
    [("auc", 0.7), ("by[0].month", 11), ("$.auc", 0.7), ("['a key']['x.y']", 1), ('["auc"]', 0.7)],
)
def test_json_get_follows_a_path_in_a_property_file(scope: Scope, path: str, value: object) -> None:
    assert resolve(json_get("Evaluate", "Metrics", path), scope) == value


def test_json_get_reads_a_document_by_its_address(scope: Scope) -> None:
    assert resolve({"Std:JsonGet": {"S3Uri": join("s3://b", "c"), "Path": "read"}}, scope) == "s3://b/c"


@pytest.mark.parametrize(
    "value",
    [
        {"Get": "Parameters.Unknown"},
        {"Get": "Execution.Unknown"},
        {"Get": "Steps.Train.TrainingJobName"},
        {"Get": "Steps.Prepare.ProcessingOutputConfig.Outputs['other'].S3Output"},
        {"Get": "Steps.Prepare.ProcessingOutputConfig.Outputs[2]"},
        json_get("Evaluate", "Metrics", "missing"),
        json_get("Evaluate", "Other", "auc"),
        json_get("Evaluate", "Metrics", "by[1]"),
    ],
)
def test_a_reference_that_leads_nowhere_is_said(scope: Scope, value: Any) -> None:
    with pytest.raises(UserError):
        resolve(value, scope)


def test_the_error_says_where_a_path_stops() -> None:
    with pytest.raises(UserError, match=r"metrics.json: nothing at 'a.b.c' \(stops after 'a.b'\)"):
        look_up({"a": {"b": {}}}, "a.b.c", of="metrics.json")
