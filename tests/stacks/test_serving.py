"""The serving stack: its model versions, its endpoint, its alarms and rollback, its batch pipeline, its permissions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from embedded_aws.resources import HANDLERS
from mlproject.costs import idle_costs
from mlproject.definition.batch import batch_definition
from mlproject.preflight.created_network import STACKS_IN_NETWORK
from tests.properties.invariants import assert_invariants
from tests.stacks import serving_examples
from tests.stacks.assembly import Stack, statements
from tests.stacks.readable import readable
from tests.stacks.serving_examples import PLATFORM
from tests.stacks.test_checkers import lint, nag_report, violations
from tests.stacks.test_snapshots import Template

SERVING = ("hosted/airline/serving", "hosted/flights/serving", "hosted/weather/serving", "owned/flights/serving")


def test_only_projects_with_the_key_have_the_stack(serving_stacks: Mapping[str, Stack]) -> None:
    assert sorted(name for name in serving_stacks if name.endswith("/serving")) == sorted(SERVING)


@pytest.mark.parametrize("name", SERVING, ids=lambda name: name.replace("/", "-"))
def test_template_is_as_reviewed(name: str, serving_stacks: Mapping[str, Stack], snapshot: SnapshotAssertion) -> None:
    assert readable(serving_stacks[name]) == snapshot(extension_class=Template)


def test_every_property_is_one_that_the_embedded_aws_supports(serving_stacks: Mapping[str, Stack]) -> None:
    unsupported = {
        (stack.name, path)
        for stack in serving_stacks.values()
        for resource in stack.resources().values()
        for path in HANDLERS[resource["Type"]].unsupported(resource["Properties"])
    }
    assert unsupported == set()


def test_the_current_and_the_previous_version_have_a_configuration_and_the_current_is_served(
    serving_stacks: Mapping[str, Stack],
) -> None:
    stack = serving_stacks["hosted/flights/serving"]
    configurations = stack.resources("AWS::SageMaker::EndpointConfig")
    assert len(configurations) == 2
    served = stack.only("AWS::SageMaker::Endpoint")["EndpointConfigName"]["Fn::GetAtt"][0]
    (variant,) = configurations[served]["Properties"]["ProductionVariants"]
    model = stack.resources()[variant["ModelName"]["Fn::GetAtt"][0]]["Properties"]
    assert "flights-hosted/4" in json.dumps(model["PrimaryContainer"]["ModelPackageName"])


def test_a_real_time_endpoint_rolls_back_on_its_three_alarms(serving_stacks: Mapping[str, Stack]) -> None:
    stack = serving_stacks["hosted/flights/serving"]
    endpoint = stack.only("AWS::SageMaker::Endpoint")
    alarms = {
        name: each["Properties"]
        for name, each in stack.resources("AWS::CloudWatch::Alarm").items()
        if each["Properties"]["Namespace"] == "AWS/SageMaker"
    }
    assert {each["MetricName"] for each in alarms.values()} == {
        "Invocation4XXErrors",
        "Invocation5XXErrors",
        "ModelLatency",
    }
    deployment = endpoint["DeploymentConfig"]
    named = {each["AlarmName"]["Ref"] for each in deployment["AutoRollbackConfiguration"]["Alarms"]}
    assert named == set(alarms)
    for alarm in alarms.values():
        dimensions = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
        assert dimensions == {"EndpointName": endpoint["EndpointName"], "VariantName": "AllTraffic"}
    policy = deployment["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]
    assert (policy["Type"], policy["CanarySize"]) == ("CANARY", {"Type": "INSTANCE_COUNT", "Value": 1})


def test_one_instance_has_no_canary_and_local_storage_no_key(serving_stacks: Mapping[str, Stack]) -> None:
    stack = serving_stacks["owned/flights/serving"]
    deployment = stack.only("AWS::SageMaker::Endpoint")["DeploymentConfig"]
    routing = deployment["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]
    assert routing == {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 600}
    assert "KmsKeyId" not in stack.only("AWS::SageMaker::EndpointConfig")


def test_a_serverless_endpoint_has_neither_vpc_nor_guardrails(serving_stacks: Mapping[str, Stack]) -> None:
    stack = serving_stacks["hosted/weather/serving"]
    assert "DeploymentConfig" not in stack.only("AWS::SageMaker::Endpoint")
    assert "VpcConfig" not in stack.only("AWS::SageMaker::Model")
    (variant,) = stack.only("AWS::SageMaker::EndpointConfig")["ProductionVariants"]
    assert variant["ServerlessConfig"] == {"MaxConcurrency": 20, "MemorySizeInMB": 4096}
    actions = {action for _, each in statements(stack) for action in each["Action"]}
    assert not {action for action in actions if action.startswith("ec2:")}


def test_the_batch_pipelines_definition_is_valid_and_its_job_writes_to_predictions(
    serving_stacks: Mapping[str, Stack],
) -> None:
    document = json.loads(batch_definition(serving_examples.NIGHTLY))
    (step,) = document["Steps"]
    assert step["Arguments"]["TransformResources"]["VolumeKmsKeyId"] == "${KmsKey}"
    for name in ("hosted/airline/serving", "hosted/flights/serving"):
        pipeline = serving_stacks[name].only("AWS::SageMaker::Pipeline")
        assert pipeline["PipelineName"].endswith("-hosted-batch")
        assert "serving/predictions" in json.dumps(pipeline["PipelineDefinition"])


def test_only_a_schedule_creates_one_and_its_role_starts_only_the_batch_pipeline(
    serving_stacks: Mapping[str, Stack],
) -> None:
    assert serving_stacks["hosted/airline/serving"].resources("AWS::Scheduler::Schedule") == {}
    stack = serving_stacks["hosted/flights/serving"]
    assert stack.only("AWS::Scheduler::Schedule")["ScheduleExpression"] == "cron(0 2 * * ? *)"
    starts = [each for _, each in statements(stack) if each["Action"] == ["sagemaker:StartPipelineExecution"]]
    assert [json.dumps(each["Resource"]).count("pipeline/flights-hosted-batch") for each in starts] == [1]


def test_the_role_reads_only_the_inputs_prefix_and_writes_only_predictions_and_captured_data(
    serving_stacks: Mapping[str, Stack],
) -> None:
    stack = serving_stacks["hosted/flights/serving"]
    by_sid = {each["Sid"]: json.dumps(each["Resource"]) for _, each in statements(stack) if "Sid" in each}
    assert "flights-hosted-data-123456789012-eu-west-1/scoring/new/*" in by_sid["ReadData"]
    assert "/serving/predictions/*" in by_sid["WriteArtifacts"]
    assert "/serving/captured/*" in by_sid["CaptureData"]
    assert "flight_delays" not in by_sid["WriteArtifacts"]


def test_costs_name_the_endpoints_instances_and_nothing_for_a_serverless_one() -> None:
    lines = {
        deployment.names.path: [line for line in idle_costs(deployment) if line.stack.endswith("/serving")]
        for deployments in PLATFORM.projects.values()
        for deployment in deployments
    }
    assert lines["hosted/flights"][0].what == "2 x ml.m5.large of the endpoint, day and night"
    assert lines["hosted/flights"][0].quantity == 2 * 730
    assert [line.usd for line in lines["hosted/weather"] if "serverless" in line.what] == [0]


def test_costs_count_the_alarms_of_the_templates(serving_stacks: Mapping[str, Stack]) -> None:
    for deployments in PLATFORM.projects.values():
        for deployment in deployments:
            path = f"{deployment.names.path}/serving"
            priced = [
                int(line.quantity) for line in idle_costs(deployment) if line.stack == path and "alarms" in line.what
            ]
            assert sum(priced) == len(serving_stacks[path].resources("AWS::CloudWatch::Alarm")), path


def test_projects_that_serve_models_keep_the_invariants_of_a_repository(
    serving_stacks: Mapping[str, Stack], serving_assembly: Path
) -> None:
    assert_invariants(serving_stacks, platform=PLATFORM, assembly=serving_assembly)


@pytest.mark.slow
def test_cfn_lint_and_cdk_nag_have_nothing_to_say(serving_stacks: Mapping[str, Stack], tmp_path: Path) -> None:
    files = [stack.template_file for stack in serving_stacks.values()]
    assert lint(["eu-west-1", "us-east-1"], *files) == []
    assert violations(nag_report(tmp_path, PLATFORM)) == []


def test_preflight_looks_at_every_stack_of_a_project_that_is_in_the_network(
    all_stacks: Mapping[str, Stack], serving_stacks: Mapping[str, Stack]
) -> None:
    kinds = {
        name.rpartition("/")[2]
        for name, stack in {**all_stacks, **serving_stacks}.items()
        if stack.resources("AWS::EC2::SecurityGroup")
    }
    assert kinds - {"network"} == set(STACKS_IN_NETWORK)
