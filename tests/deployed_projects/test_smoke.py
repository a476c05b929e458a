"""`mlproject smoke`: a healthy deployment has no problem, and each fault is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mlproject.outcome import Outcome, State
from mlproject.smoke import check_deployment, expected_stacks
from tests.deployed_projects.platform import ENVIRONMENT, PROJECTS, DeployedPlatform


def outcomes(platform: DeployedPlatform, project: str = "flights") -> list[Outcome]:
    definition = platform.definition(project)
    return list(check_deployment(platform.deployment(project), platform.client, definition=definition))


def problems(platform: DeployedPlatform, project: str = "flights") -> list[str]:
    return [str(each.message) for each in outcomes(platform, project) if each.state is State.PROBLEM]


@pytest.mark.parametrize("project", PROJECTS)
def test_a_healthy_deployment_has_no_problem(platform: DeployedPlatform, project: str) -> None:
    found = outcomes(platform, project)
    assert {each.state for each in found} == {State.OK}, found
    topics = {each.topic for each in found}
    assert {"stack", "pipeline", "pipeline role", "notebook", "cluster", "Livy"} <= topics
    assert ("alarms" in topics) == (project == "flights")


@pytest.mark.parametrize("project", PROJECTS)
def test_the_expected_stacks_are_those_of_the_application(platform: DeployedPlatform, project: str) -> None:
    synthesized = {
        str(stack.properties["stackName"])
        for path, stack in platform.stacks.items()
        if path.startswith(f"{ENVIRONMENT}/{project}/") or path == f"{ENVIRONMENT}/network"
    }
    assert set(expected_stacks(platform.deployment(project))) == synthesized


def test_the_command_prints_a_line_per_check_and_its_exit_code_says_whether_one_failed(
    platform: DeployedPlatform,
) -> None:
    done = platform.mlproject("smoke", "digits", "-e", "dev")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓ pipeline: digits-dev is Active and runs the committed definition" in done.stdout

    notebook = "digits-dev-vision"
    sagemaker = platform.client("sagemaker")
    sagemaker.stop_notebook_instance(NotebookInstanceName=notebook)
    role = platform.client("iam").get_role(RoleName="digits-dev-pipeline")["Role"]
    platform.client("iam").update_assume_role_policy(
        RoleName="digits-dev-pipeline", PolicyDocument=json.dumps(trust("ec2.amazonaws.com"))
    )
    done = platform.mlproject("smoke", "digits", "-e", "dev", "--json")
    platform.client("iam").update_assume_role_policy(
        RoleName="digits-dev-pipeline", PolicyDocument=json.dumps(role["AssumeRolePolicyDocument"])
    )
    sagemaker.start_notebook_instance(NotebookInstanceName=notebook)
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["ok"] is False
    (failing,) = (each for each in found["outcomes"] if each["state"] == "problem")
    assert "the trust policy of digits-dev-pipeline does not allow sagemaker.amazonaws.com" in failing["message"]
    (stopped,) = (each for each in found["outcomes"] if each["topic"] == "notebook")
    assert (stopped["state"], stopped["message"]) == ("ok", f"{notebook} is stopped, as idle instances are")


def trust(service: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_a_pipeline_that_was_changed_by_hand_is_named_with_the_step(platform: DeployedPlatform) -> None:
    sagemaker = platform.client("sagemaker")
    before = sagemaker.describe_pipeline(PipelineName="flights-dev")["PipelineDefinition"]
    changed = json.loads(before)
    step = changed["Steps"][0]
    step["Arguments"]["ProcessingResources"]["ClusterConfig"]["VolumeSizeInGB"] = 999
    sagemaker.update_pipeline(PipelineName="flights-dev", PipelineDefinition=json.dumps(changed))
    (message,) = problems(platform)
    sagemaker.update_pipeline(PipelineName="flights-dev", PipelineDefinition=before)
    path = f"Steps.{step['Name']}.Arguments.ProcessingResources.ClusterConfig.VolumeSizeInGB"
    assert message == f"flights-dev does not run the committed definition, which differs at {path}"
    assert problems(platform) == []


@pytest.fixture
def alarms(platform: DeployedPlatform) -> Iterator[list[str]]:
    """The alarms of flights, and the way back to their state."""
    cloudwatch = platform.client("cloudwatch")
    names = platform.physical_ids("flights-dev-operations", "AWS::CloudWatch::Alarm")
    yield names
    cloudwatch.enable_alarm_actions(AlarmNames=names)
    for name in names:
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="test")


def test_an_alarm_that_is_in_alarm_or_disabled_is_a_problem(platform: DeployedPlatform, alarms: list[str]) -> None:
    cloudwatch = platform.client("cloudwatch")
    cloudwatch.set_alarm_state(AlarmName=alarms[0], StateValue="ALARM", StateReason="one execution failed")
    cloudwatch.disable_alarm_actions(AlarmNames=[alarms[1]])
    assert sorted(problems(platform)) == sorted(
        [
            f"{alarms[0]} is in the state ALARM: one execution failed",
            f"{alarms[1]} does not notify, since its actions are disabled",
        ]
    )


def test_an_address_of_livy_that_is_missing_or_of_another_cluster_is_a_problem(platform: DeployedPlatform) -> None:
    ssm, name = platform.client("ssm"), "/mlproject/dev/flights/livy-address"
    value = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    ssm.put_parameter(Name=name, Value="http://ip-10-0-0-1.internal:8998", Overwrite=True)
    (other,) = problems(platform)
    ssm.delete_parameter(Name=name)
    (missing,) = problems(platform)
    ssm.put_parameter(Name=name, Value=value, Type="String")
    assert other.startswith(f"{name} is http://ip-10-0-0-1.internal:8998, but the primary node is ")
    assert missing == f"the SSM parameter {name} does not exist, so notebooks do not find Livy"
    assert problems(platform) == []


Answers = dict[tuple[str, str], Any]


def answering(client: Callable[[str], Any], answers: Answers) -> Callable[[str], Any]:
    """Clients on which some operations answer what the embedded AWS never does, such as a failed notebook."""

    class Client:
        def __init__(self, service: str) -> None:
            self.service = service

        def __getattr__(self, operation: str) -> Any:
            answer = answers.get((self.service, operation))
            return (lambda **_: answer) if answer else getattr(client(self.service), operation)

    return Client


def test_a_failed_notebook_and_a_cluster_that_ended_with_errors_are_problems_with_their_reasons(
    platform: DeployedPlatform,
) -> None:
    (cluster,) = platform.physical_ids("flights-dev-emr", "AWS::EMR::Cluster")
    ended = {
        "Name": "flights",
        "Status": {"State": "TERMINATED_WITH_ERRORS", "StateChangeReason": {"Message": "a bootstrap action failed"}},
    }
    client = answering(
        platform.client,
        {
            ("sagemaker", "describe_notebook_instance"): {
                "NotebookInstanceStatus": "Failed",
                "FailureReason": "the lifecycle script took longer than 5 minutes",
            },
            ("emr", "describe_cluster"): {"Cluster": ended},
        },
    )
    definition = platform.definition("flights")
    found = list(check_deployment(platform.deployment("flights"), client, definition=definition))
    assert [each.message for each in found if each.state is State.PROBLEM] == [
        "flights-dev-explore is Failed: the lifecycle script took longer than 5 minutes",
        f"{cluster} is TERMINATED_WITH_ERRORS: a bootstrap action failed",
    ]


def test_a_cluster_that_ended_because_it_was_idle_is_a_warning_with_the_command_that_restores_it(
    platform: DeployedPlatform,
) -> None:
    idle = {"Name": "flights", "Status": {"State": "TERMINATED", "StateChangeReason": {"Message": "idle"}}}
    client = answering(platform.client, {("emr", "describe_cluster"): {"Cluster": idle}})
    definition = platform.definition("flights")
    found = list(check_deployment(platform.deployment("flights"), client, definition=definition))
    (cluster,) = (each for each in found if each.topic == "cluster")
    assert cluster.state is State.WARNING
    assert cluster.remedy == "`mlproject cluster up flights --environment dev` creates it again"
    assert not any(each.state is State.PROBLEM for each in found)


def test_each_cluster_of_several_is_checked(platform: DeployedPlatform) -> None:
    found = outcomes(platform, "digits")
    assert [each.topic for each in found if each.topic in {"cluster", "Livy"}] == ["cluster", "Livy"] * 2
    idle = {"Name": "digits", "Status": {"State": "TERMINATED", "StateChangeReason": {"Message": "idle"}}}
    client = answering(platform.client, {("emr", "describe_cluster"): {"Cluster": idle}})
    ended = check_deployment(platform.deployment("digits"), client, definition=platform.definition("digits"))
    assert [each.remedy for each in ended if each.topic == "cluster"] == [
        "`mlproject cluster up digits --environment dev` creates it again",
        "`mlproject cluster up digits --environment dev --cluster large` creates it again",
    ]


def test_a_project_that_is_not_deployed_has_a_problem_for_each_part(platform: DeployedPlatform) -> None:
    local = platform.deployment("flights").model_copy(update={"project": "absent"})
    found = list(check_deployment(local, platform.client, definition=platform.definition("flights")))
    messages = [each.message for each in found if each.state is State.PROBLEM]
    assert "absent-dev-storage is not deployed" in messages
    assert "absent-dev does not exist" in messages
    assert "absent-dev-pipeline does not exist" in messages
    assert "absent-dev-explore does not exist" in messages
    assert "absent-dev-emr has no cluster" in messages
    assert "absent-dev-operations is not deployed" in messages
