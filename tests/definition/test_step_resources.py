"""The resources that steps name: literal, by parameter, by placeholder, or known only to an execution."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlproject.definition import Location, StepResources, read_definition, step_resources
from tests.definition.folders import small

TOKYO = Location(partition="aws", region="ap-northeast-1", account="222222222222")
BEIJING = Location(partition="aws-cn", region="cn-north-1", account="333333333333")
NAMES = {"Role": "arn:aws:iam::222222222222:role/own", "ModelGroup": "own-group"}


def found(folder: Path, *steps: dict[str, Any], location: Location = TOKYO, **given: str) -> StepResources:
    parameters = [{"Name": "Name", "Type": "String", "DefaultValue": "default"}, {"Name": "Bare", "Type": "String"}]
    definition = read_definition(small(folder, {"Parameters": parameters, "Steps": list(steps)}))
    return step_resources(definition, given, location=location, placeholders=NAMES)


def arns(resources: StepResources) -> dict[str, tuple[str, ...]]:
    """Return the types that have resources. There are no problems."""
    assert resources.problems == ()
    return {kind: each for kind, each in resources.arns.items() if each}


def step(kind: str, **arguments: Any) -> dict[str, Any]:
    return {"Name": "S", "Type": kind, "Arguments": arguments}


def of_parameter(name: str) -> dict[str, str]:
    return {"Get": f"Parameters.{name}"}


def test_a_name_may_be_joined_from_parameters_and_text(tmp_path: Path) -> None:
    parts = ["arn:aws:lambda:eu-west-1:123456789012:function:team", of_parameter("Name")]
    function = {**step("Lambda"), "FunctionArn": {"Std:Join": {"On": "-", "Values": parts}}}
    assert arns(found(tmp_path, function, Name="x"))["functions"] == (
        "arn:aws:lambda:eu-west-1:123456789012:function:team-x",
    )


def test_a_default_of_a_parameter_counts_and_two_steps_on_one_resource_name_it_once(tmp_path: Path) -> None:
    steps = [step("Endpoint", EndpointName=of_parameter("Name"), EndpointConfigName="c") for _ in range(2)]
    assert arns(found(tmp_path, *steps))["endpoints"] == (
        "arn:aws:sagemaker:ap-northeast-1:222222222222:endpoint/default",
    )


def test_a_queue_in_china_has_the_partition_of_the_pipeline(tmp_path: Path) -> None:
    queue = {**step("Callback"), "SqsQueueUrl": "https://sqs.cn-north-1.amazonaws.com.cn/444444444444/q.fifo"}
    assert arns(found(tmp_path, queue, location=BEIJING)) == {
        "queues": ("arn:aws-cn:sqs:cn-north-1:444444444444:q.fifo",),
        "keys of queues": ("arn:aws-cn:kms:cn-north-1:444444444444:key/*",),
    }


def test_a_new_application_is_not_known_in_advance_and_its_role_may_be_the_pipelines(tmp_path: Path) -> None:
    serverless = step("EMRServerless", ExecutionRoleArn="${Role}", ApplicationConfig={}, JobConfig={})
    here = "arn:aws:emr-serverless:ap-northeast-1:222222222222:/applications"
    assert arns(found(tmp_path, serverless)) == {
        "job run roles": (NAMES["Role"],),
        "any new application": ("*",),
        "new applications": (f"{here}/*",),
        "job runs": (f"{here}/*/jobruns/*",),
    }


@pytest.mark.parametrize(
    ("model", "pattern"), [("mine", "mine"), ({"Get": "Steps.CreateModel.ModelName"}, "pipelines-*")], ids=str
)
def test_a_check_of_a_model_may_use_that_model_and_a_temporary_endpoint(
    model: Any, pattern: str, tmp_path: Path
) -> None:
    image = {"ImageUri": "555555555555.dkr.ecr.ap-northeast-1.amazonaws.com/clarify:1.0"}
    check = {**step("ClarifyCheck", AppSpecification=image), "ModelName": model, "ModelPackageGroupName": None}
    here = "arn:aws:sagemaker:ap-northeast-1:222222222222"
    assert arns(found(tmp_path, check)) == {
        "check images": ("arn:aws:ecr:ap-northeast-1:555555555555:repository/clarify",),
        "checked models": (f"{here}:model/{pattern}",),
        "temporary endpoints": (f"{here}:endpoint/*", f"{here}:endpoint-config/*"),
    }


def test_an_endpoint_has_its_name_and_the_configuration_of_an_earlier_step_any(tmp_path: Path) -> None:
    endpoint = step("Endpoint", EndpointName="live", EndpointConfigName={"Get": "Steps.Config.EndpointConfigName"})
    config = step("EndpointConfig", EndpointConfigName="live-1", ExecutionRoleArn="${Role}")
    component = step("InferenceComponent", InferenceComponentName="part", EndpointName="live")
    here = "arn:aws:sagemaker:ap-northeast-1:222222222222"
    assert arns(found(tmp_path, config, endpoint, component)) == {
        "configurations of endpoints": (f"{here}:endpoint-config/*",),
        "endpoint configurations": (f"{here}:endpoint-config/live-1",),
        "endpoints": (f"{here}:endpoint/live",),
        "endpoints of components": (f"{here}:endpoint/live",),
        "inference components": (f"{here}:inference-component/part",),
        "serving roles": (NAMES["Role"],),
    }


def test_lineage_names_the_kinds_of_entities_that_it_creates(tmp_path: Path) -> None:
    resources = arns(found(tmp_path, step("Lineage", Actions=[{"ActionName": "a"}])))
    assert resources == {"actions": ("arn:aws:sagemaker:ap-northeast-1:222222222222:action/*",)}


def test_a_step_that_is_repeated_for_each_item_counts(tmp_path: Path) -> None:
    function = {**step("Lambda"), "FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:each"}
    resources = found(tmp_path, step("ForEach", IterableItems=["a"], MaxConcurrency=1, ForEachBody=[function]))
    assert arns(resources) == {"functions": ("arn:aws:lambda:eu-west-1:123456789012:function:each",)}


def test_every_step_without_a_resource_is_named_with_the_parameter_to_set(tmp_path: Path) -> None:
    resources = found(
        tmp_path,
        {**step("Lambda"), "Name": "A", "FunctionArn": of_parameter("Bare")},
        {**step("EMR", ClusterId={"Get": "Steps.A.OutputParameters['id']"}), "Name": "B"},
    )
    assert [(problem.parameters, problem.message) for problem in resources.problems] == [
        (
            ("Bare",),
            "step A (Lambda): FunctionArn is the pipeline parameter Bare, which has no value. The pipeline's role "
            "needs it at deployment. Set pipeline.parameters.Bare in project.yaml",
        ),
        (
            (),
            "step B (EMR): ClusterId is Steps.A.OutputParameters['id'], which only an execution determines. The "
            "pipeline's role needs it at deployment. Use a pipeline parameter",
        ),
    ]
