"""The check finds what SageMaker would reject, by step, argument and rule."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from mlproject.definition import Scalar, check_definition, fill_placeholders, fn_sub_string, steps_of, used_placeholders
from mlproject.definition.samples import placeholder_values
from tests.definition.folders import committed, document

Document = dict[str, Any]


def arguments(found: Document, name: str) -> Any:
    return next(step for step in steps_of(found) if step["Name"] == name)["Arguments"]


def change(name: str, *path: str | int, value: Any) -> Callable[[Document], None]:
    """Set one argument of a step."""

    def mutate(found: Document) -> None:
        target = arguments(found, name)
        for part in path[:-1]:
            target = target[part]
        target[path[-1]] = value

    return mutate


def remove(name: str, *path: str | int) -> Callable[[Document], None]:
    """Remove one argument of a step."""

    def mutate(found: Document) -> None:
        target = arguments(found, name)
        for part in path[:-1]:
            target = target[part]
        del target[path[-1]]

    return mutate


def parameter(name: str, **change: Any) -> Callable[[Document], None]:
    def mutate(found: Document) -> None:
        next(item for item in found["Parameters"] if item["Name"] == name).update(change)

    return mutate


def rename_step(found: Document) -> None:
    next(step for step in steps_of(found) if step["Name"] == "Train")["Name"] = "Prepare"  # type: ignore[index]


CLUSTER = ("ProcessingResources", "ClusterConfig")
SUBNETS = [f"subnet-{number}" for number in range(17)]

MUTATIONS: dict[str, tuple[Callable[[Document], None], str]] = {
    "enum": (
        change("Prepare", *CLUSTER, "InstanceType", value="ml.m5.larg"),
        "Prepare: ProcessingResources.ClusterConfig.InstanceType: 'ml.m5.larg' is not one of the "
        "207 allowed values. Did you mean ml.m5.large?",
    ),
    "missing": (
        remove("Prepare", *CLUSTER, "VolumeSizeInGB"),
        'Prepare: Missing required parameter in ProcessingResources.ClusterConfig: "VolumeSizeInGB"',
    ),
    "unknown argument": (
        change("Train", "ResourceConfig", "InstanceTypo", value="x"),
        'Train: Unknown parameter in ResourceConfig: "InstanceTypo", must be one of: InstanceType',
    ),
    "number where text is needed": (
        change("Train", "HyperParameters", "rounds", value={"Get": "Parameters.Rounds"}),
        "Train: Invalid type for parameter HyperParameters.rounds, value: 400, type: <class 'int'>",
    ),
    "pattern": (
        change("Train", "RoleArn", value="arn:aws:iam::12:role/short"),
        "Train: RoleArn: 'arn:aws:iam::12:role/short' does not match the pattern arn:aws",
    ),
    "too long": (
        change("Prepare", "AppSpecification", "ImageUri", value="x" * 256),
        "Prepare: AppSpecification.ImageUri: length 256 is above the maximum 255",
    ),
    "too many": (
        change("Train", "VpcConfig", "Subnets", value=SUBNETS),
        "Train: VpcConfig.Subnets: length 17 is above the maximum 16",
    ),
    "too large": (
        change("Prepare", "StoppingCondition", "MaxRuntimeInSeconds", value=999_999),
        "Prepare: StoppingCondition.MaxRuntimeInSeconds: value 999999 is above the maximum 777600",
    ),
    "too small": (
        change("Prepare", *CLUSTER, "VolumeSizeInGB", value=0),
        "Prepare: Invalid value for parameter ProcessingResources.ClusterConfig.VolumeSizeInGB, value: 0, valid min",
    ),
    "empty list": (
        change("Prepare", "AppSpecification", "ContainerArguments", value=[]),
        "Prepare: Invalid length for parameter AppSpecification.ContainerArguments, value: 0, valid min length: 1",
    ),
    "metadata": (
        change("Register", "CustomerMetadataProperties", "DataVersion", value='a"b'),
        "Register: CustomerMetadataProperties.DataVersion: 'a\"b' does not match the pattern",
    ),
    "group name": (
        change("Register", "ModelPackageGroupName", value="flight_delays"),
        "Register: ModelPackageGroupName: 'flight_delays' does not match the pattern",
    ),
    "approval": (
        change("Register", "ModelApprovalStatus", value="Pending"),
        "Register: ModelApprovalStatus: 'Pending' is not one of the 3 allowed values. "
        "Did you mean PendingManualApproval?",
    ),
    "local disks": (
        change("Train", "ResourceConfig", "InstanceType", value="ml.g5.xlarge"),
        "Train: ResourceConfig.InstanceType: 'ml.g5.xlarge' has local disks, for which SageMaker rejects "
        "VolumeKmsKeyId",
    ),
    "unknown pipeline parameter": (
        change("Train", "HyperParameters", "rounds", value={"Get": "Parameters.Round"}),
        "Train: Parameters.Round is not a pipeline parameter. Did you mean Rounds?",
    ),
    "unknown step": (
        change("Evaluate", "ProcessingInputs", 0, "S3Input", "S3Uri", value={"Get": "Steps.Trian.X"}),
        "Evaluate: Steps.Trian.X does not refer to a step. Did you mean Train?",
    ),
    "same name twice": (rename_step, "Prepare: 2 steps have this name"),
    "default of another type": (
        parameter("Rounds", DefaultValue="many"),
        "pipeline parameter Rounds: 'many' is not of type Integer",
    ),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_mutation_is_found_by_name(mutation: str) -> None:
    found = document()
    mutate, finding = MUTATIONS[mutation]
    mutate(found)
    assert [line for line in check_definition(found) if line.startswith(finding)], check_definition(found)


def test_the_committed_definition_has_no_findings() -> None:
    assert check_definition(document()) == ()


def test_the_filled_definition_has_no_findings() -> None:
    text = fn_sub_string(committed(), parameters={})
    assert check_definition(json.loads(fill_placeholders(text, placeholder_values(used_placeholders(text))))) == ()


@pytest.mark.parametrize("kind", ["CreateModel", "processing"])
def test_an_unknown_step_type_is_found_with_the_nearest(kind: str) -> None:
    found = document()
    found["Steps"][0]["Type"] = kind
    (line,) = check_definition(found)
    assert line.startswith(f"Prepare: Type {kind!r} is not a step type. Did you mean ")


def test_a_step_name_beyond_the_services_alphabet_is_found() -> None:
    found = document()
    found["Steps"][0]["Name"] = "Pre pare"
    assert "Pre pare: a step name must have 1 to 64 letters, digits, - and _" in check_definition(found)


def test_a_dependency_on_no_step_is_found() -> None:
    found = document()
    found["Steps"][1]["DependsOn"] = ["Prepair"]
    assert check_definition(found) == ("Train: DependsOn 'Prepair' is not a step. Did you mean Prepare?",)


def test_every_finding_is_reported_at_once() -> None:
    found = document()
    change("Train", "RoleArn", value="no-arn")(found)
    change("Prepare", "RoleArn", value="no-arn")(found)
    assert {line.partition(":")[0] for line in check_definition(found)} == {"Train", "Prepare"}


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        # 18 types exist for training only, such as this one.
        ({"InstanceType": "ml.c5n.xlarge"}, "Prepare: ProcessingResources.ClusterConfig.InstanceType"),
        ({"InstanceType": "ml.m5d.large"}, "Train: ResourceConfig.InstanceType"),
        ({"InstanceType": "ml.r5d.large"}, "Train: ResourceConfig.InstanceType: 'ml.r5d.large' has local disks"),
        ({"Instance": "ml.m5.large"}, "pipeline parameter Instance: unknown. Did you mean InstanceType?"),
        ({"Rounds": "x"}, "pipeline parameter Rounds: 'x' is not of type Integer"),
        ({"Commit": "a" * 1025}, "Register: MetadataProperties.CommitId: length 1025 is above the maximum 1024"),
    ],
)
def test_given_parameter_values_are_checked_where_they_are_used(values: dict[str, Scalar], finding: str) -> None:
    assert [line for line in check_definition(document(), parameters=values) if line.startswith(finding)]


def test_a_type_that_both_kinds_of_job_know_has_no_findings() -> None:
    assert check_definition(document(), parameters={"InstanceType": "ml.m5.xlarge"}) == ()


def test_reading_and_filling_import_no_model_of_the_service() -> None:
    code = "import sys, mlproject.definition; print([name for name in sys.modules if name.startswith('boto')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
