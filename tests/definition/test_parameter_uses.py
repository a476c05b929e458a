"""Values of pipeline parameters are checked against the rules of AWS for the steps that use them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from mlproject.definition import Scalar, check_definition, refused_values, steps_of
from mlproject.definition.parameter_uses import parameter_uses
from tests.definition.folders import document

Document = dict[str, Any]


def with_use(name: str, kind: str, default: Scalar | None, step: str, *path: str | int) -> Document:
    """The committed definition with one more parameter, used by an argument of a step."""
    found = document()
    declared: dict[str, Any] = {"Name": name, "Type": kind}
    found["Parameters"].append(declared if default is None else {**declared, "DefaultValue": default})
    target = next(each for each in steps_of(found) if each["Name"] == step)["Arguments"]
    for part in path[:-1]:
        target = target[part]
    target[path[-1]] = {"Get": f"Parameters.{name}"}
    return found


CLUSTER = ("ProcessingResources", "ClusterConfig")
VOLUME = with_use("Disk", "Integer", 30, "Prepare", *CLUSTER, "VolumeSizeInGB")
MACHINES = with_use("Machines", "Integer", 1, "Train", "ResourceConfig", "InstanceCount")
SECONDS = with_use("Seconds", "Integer", 3600, "Score", "StoppingCondition", "MaxRuntimeInSeconds")
APPROVAL = with_use("Approval", "String", "Approved", "Register", "ModelApprovalStatus")
INPUT = with_use("Input", "String", "s3://bucket/key", "Prepare", "ProcessingInputs", 1, "S3Input", "S3Uri")


def test_every_argument_that_depends_on_a_parameter_is_found_in_branches_and_joins_too() -> None:
    found = {(use.step, use.path) for use in parameter_uses(document())}
    assert ("Prepare", "ProcessingInputs[1].S3Input.S3Uri") in found
    assert ("Train", "HyperParameters.rounds") in found
    assert ("Score", "ProcessingResources.ClusterConfig.InstanceType") in found
    assert ("Register", "MetadataProperties.CommitId") in found


@pytest.mark.parametrize(
    ("definition", "name", "value", "sentence"),
    [
        (
            document(),
            "InstanceType",
            "ml.m5.largest",
            "step Prepare: ProcessingResources.ClusterConfig.InstanceType: 'ml.m5.largest' is not one of the 207 "
            "allowed values (also in Train, Evaluate, Score). Did you mean ml.m5.large?",
        ),
        (
            document(),
            "InstanceType",
            "big",
            "step Prepare: ProcessingResources.ClusterConfig.InstanceType: 'big' is not one of the 207 "
            "allowed values, such as ml.c4.2xlarge, ml.c4.4xlarge, ml.c4.8xlarge (also in Train, Evaluate, Score).",
        ),
        (
            document(),
            "InstanceType",
            "ml.c5n.xlarge",  # for training alone
            "step Prepare: ProcessingResources.ClusterConfig.InstanceType: 'ml.c5n.xlarge' is not one of the 207 "
            "allowed values (also in Evaluate, Score). Did you mean ml.c5.xlarge?",
        ),
        (
            document(),
            "InstanceType",
            "ml.g5.xlarge",
            "step Prepare: ProcessingResources.ClusterConfig.InstanceType: 'ml.g5.xlarge' has local disks, for which "
            "SageMaker rejects VolumeKmsKeyId (also in Train, Evaluate, Score).",
        ),
        (
            document(),
            "DataVersion",
            "v" * 1024,
            "step Prepare: ProcessingInputs[1].S3Input.S3Uri: length 1074 is above the maximum 1024 "
            "(also in Register).",
        ),
        (
            VOLUME,
            "Disk",
            0,
            "step Prepare: ProcessingResources.ClusterConfig.VolumeSizeInGB: value 0 is below the minimum 1.",
        ),
        (
            VOLUME,
            "Disk",
            20_000,
            "step Prepare: ProcessingResources.ClusterConfig.VolumeSizeInGB: value 20000 is above the maximum 16384.",
        ),
        (MACHINES, "Machines", 0, "step Train: ResourceConfig.InstanceCount: value 0 is below the minimum 1."),
        (
            SECONDS,
            "Seconds",
            777_601,
            "step Score: StoppingCondition.MaxRuntimeInSeconds: value 777601 is above the maximum 777600.",
        ),
        (
            APPROVAL,
            "Approval",
            "Aproved",
            "step Register: ModelApprovalStatus: 'Aproved' is not one of the 3 allowed values. Did you mean Approved?",
        ),
        (
            INPUT,
            "Input",
            "bucket/key",
            "step Prepare: ProcessingInputs[1].S3Input.S3Uri: 'bucket/key' does not match the pattern "
            "(https|s3)://([^/]+)/?(.*).",
        ),
    ],
)
def test_a_value_that_aws_refuses_where_it_is_used_is_told_with_step_and_argument(
    definition: Document, name: str, value: Scalar, sentence: str
) -> None:
    assert [(found.parameter, str(found)) for found in refused_values(definition, {name: value})] == [(name, sentence)]


def test_values_that_aws_takes_are_not_refused() -> None:
    for definition in (VOLUME, MACHINES, SECONDS, APPROVAL, INPUT):
        defaults = {each["Name"]: each["DefaultValue"] for each in definition["Parameters"]}
        assert refused_values(definition, defaults) == ()


def test_a_parameter_without_a_value_is_passed_over() -> None:
    assert refused_values(document(), {}) == ()


def test_a_choice_that_aws_refuses_is_found_even_when_it_is_not_the_default() -> None:
    found = document()
    found["Parameters"][0]["EnumValues"] = ["ml.m5.large", "ml.m5.largest"]
    (line,) = check_definition(found)
    assert line.startswith("pipeline parameter InstanceType: step Prepare: ")
    assert "'ml.m5.largest' is not one of the 207 allowed values" in line


@pytest.mark.parametrize("definition", [document(), VOLUME, SECONDS, APPROVAL, INPUT])
def test_a_parameter_without_a_default_is_no_mistake_of_the_definition(definition: Document) -> None:
    for index in range(len(definition["Parameters"])):
        found = copy.deepcopy(definition)
        del found["Parameters"][index]["DefaultValue"]
        assert check_definition(found) == ()


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_default_that_json_cannot_carry_is_found(value: float) -> None:
    found = document()
    next(each for each in found["Parameters"] if each["Name"] == "Margin")["DefaultValue"] = value
    assert check_definition(found) == (
        f"pipeline parameter Margin: {value!r} is not a finite number, as JSON requires",
    )
