"""A failed deployment leaves the previous state intact, and one paragraph says what failed and why."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from mlproject.deployment import (
    StackFailure,
    delete_deployed_commit,
    describe_failure,
    list_failures,
    write_deployed_commit,
)
from tests.deployed_projects.platform import DeployedPlatform, apply

STACKS = ("flights-dev-storage", "flights-dev-pipeline", "flights-dev-operations")


def failing(name: str = "aws-reserved", **resource: Any) -> dict[str, Any]:
    """A resource whose creation fails: SSM reserves its name."""
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Name": name, "Type": "String", "Value": "1"}, **resource}


def template_of(platform: DeployedPlatform, stack: str) -> Any:
    return platform.client("cloudformation").get_template(StackName=stack)["TemplateBody"]


def state(platform: DeployedPlatform) -> dict[str, Any]:
    """What is deployed: templates, resources, and the values that the test changes."""
    cloudformation = platform.client("cloudformation")
    return {
        "templates": {stack: template_of(platform, stack) for stack in STACKS},
        "resources": {
            stack: {
                each["LogicalResourceId"]: each["PhysicalResourceId"]
                for each in cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
            }
            for stack in STACKS
        },
        "lifecycle": platform.client("s3").get_bucket_lifecycle_configuration(
            Bucket=f"flights-dev-data-{111111111111}-eu-west-1"
        )["Rules"],
        "pipeline": platform.client("sagemaker").describe_pipeline(PipelineName="flights-dev")["PipelineDefinition"],
    }


def failures(platform: DeployedPlatform) -> list[StackFailure]:
    return list(list_failures(STACKS, platform.client))


def test_a_change_that_fails_in_the_second_stack_leaves_the_previous_version(platform: DeployedPlatform) -> None:
    before = state(platform)
    stack = platform.stack("flights", "pipeline")
    template = copy.deepcopy(dict(stack.template))
    (pipeline,) = stack.resources("AWS::SageMaker::Pipeline")
    template["Resources"][pipeline]["Properties"]["ParallelismConfiguration"] = {"MaxParallelExecutionSteps": 7}
    template["Resources"]["Added"] = failing("/flights/added")
    template["Resources"]["Failing"] = failing(DependsOn=[pipeline, "Added"])

    assert apply(platform, stack, template) == "UPDATE_ROLLBACK_COMPLETE"
    assert state(platform) == before
    (failure,) = failures(platform)
    assert (failure.stack, failure.resource, failure.type) == ("flights-dev-pipeline", "Failing", "AWS::SSM::Parameter")
    assert set(failure.rolled_back) == {"Added", pipeline}
    text = describe_failure(failure, project="flights", environment="dev")
    assert text.startswith("The stack flights-dev-pipeline failed at Failing (SSM Parameter): ")
    assert "aws" in failure.reason
    assert "CloudFormation rolled back Added, " in text
    assert text.endswith(
        "The stack is now UPDATE_ROLLBACK_COMPLETE. The previous version is intact. Fix the cause and run "
        "`mlproject deploy flights --environment dev` again."
    )

    done = platform.mlproject("stacks", "-e", "dev", "--project", "flights", "--failures")
    assert (done.returncode, done.stdout) == (1, f"{text}\n")
    done = platform.mlproject("stacks", "-e", "dev", "--project", "digits", "--failures")
    assert (done.returncode, done.stdout) == (0, "digits in dev: no operation failed.\n")
    done = platform.mlproject("stacks", "-e", "dev", "--project", "flight", "--failures")
    assert done.returncode == 2
    assert "--project flight: no such project in dev. Allowed: digits, flights." in done.stderr
    assert platform.mlproject("stacks", "-e", "dev", "--failures").returncode == 2

    # The stack is usable: the next deployment succeeds, and the failure is forgotten.
    template["Resources"].pop("Failing")
    template["Resources"].pop("Added")
    assert apply(platform, stack, template) == "UPDATE_COMPLETE"
    assert failures(platform) == []
    apply(platform, stack, stack.template)


SMALL = "small-dev-storage"


@pytest.fixture
def small(platform: DeployedPlatform) -> Any:
    """A stack of a test's own, deleted afterwards."""
    cloudformation = platform.client("cloudformation")

    def create_or_update(resources: dict[str, Any], **options: Any) -> StackFailure | None:
        template = json.dumps({"Resources": resources})
        names = [each["StackName"] for each in cloudformation.describe_stacks()["Stacks"]]
        call = cloudformation.update_stack if SMALL in names else cloudformation.create_stack
        call(StackName=SMALL, TemplateBody=template, **options)
        found = list_failures([SMALL], platform.client)
        return found[0] if found else None

    yield create_or_update
    cloudformation.delete_stack(StackName=SMALL)


def parameter(name: str, value: str = "1", **properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::SSM::Parameter",
        "Properties": {"Name": name, "Type": "String", "Value": value, **properties},
    }


def test_a_first_creation_that_fails_leaves_an_empty_stack(platform: DeployedPlatform, small: Any) -> None:
    failure = small({"Kept": parameter("/small/kept"), "Failing": failing(DependsOn="Kept")})
    assert (failure.status, failure.resource, failure.rolled_back) == ("ROLLBACK_COMPLETE", "Failing", ("Kept",))
    names = [each["Name"] for each in platform.client("ssm").describe_parameters()["Parameters"]]
    assert "/small/kept" not in names
    text = describe_failure(failure, project="small", environment="dev")
    assert "The stack is now ROLLBACK_COMPLETE. It was the first creation, so the stack is empty" in text
    assert "run `mlproject deploy small --environment dev` again, which deletes the stack and creates it anew" in text


def bucket(name: str) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}


def test_a_rollback_that_fails_names_what_was_not_restored_and_the_command_that_continues(
    platform: DeployedPlatform, small: Any
) -> None:
    """CloudFormation cannot delete a bucket into which somebody has written."""
    s3, cloudformation = platform.client("s3"), platform.client("cloudformation")
    name = "small-dev-bucket-of-the-rollback-test"
    assert small({"Kept": parameter("/small/kept")}) is None
    resources = {
        "Kept": parameter("/small/kept", "2"),
        "Bucket": bucket(name),
        "Failing": failing(DependsOn=["Bucket", "Kept"]),
    }
    assert small(resources, DisableRollback=True).status == "UPDATE_FAILED"
    s3.put_object(Bucket=name, Key="a", Body=b"b")
    cloudformation.rollback_stack(StackName=SMALL)

    (failure,) = list_failures([SMALL], platform.client)
    assert (failure.status, failure.resource, failure.rolled_back) == ("UPDATE_ROLLBACK_FAILED", "Failing", ("Kept",))
    text = describe_failure(failure, project="small", environment="dev")
    assert "CloudFormation rolled back Kept. It could not roll back Bucket (" in text
    assert "not empty" in text
    assert (
        "The stack is now UPDATE_ROLLBACK_FAILED. The stack is neither the previous version nor the new one. Fix the "
        f"cause, run `aws cloudformation continue-update-rollback --stack-name {SMALL}`"
    ) in text

    # The command that the text names works.
    s3.delete_object(Bucket=name, Key="a")
    cloudformation.continue_update_rollback(StackName=SMALL)
    (failure,) = list_failures([SMALL], platform.client)
    assert failure.status == "UPDATE_ROLLBACK_COMPLETE"
    value = platform.client("ssm").get_parameter(Name="/small/kept")["Parameter"]["Value"]
    assert value == "1"


def test_a_disabled_rollback_says_that_what_was_created_remains(platform: DeployedPlatform, small: Any) -> None:
    failure = small({"Kept": parameter("/small/kept"), "Failing": failing(DependsOn="Kept")}, DisableRollback=True)
    assert (failure.status, failure.resource, failure.rolled_back) == ("CREATE_FAILED", "Failing", ())
    text = describe_failure(failure, project="small", environment="dev")
    assert "The stack is now CREATE_FAILED. Rollback is disabled, so what was created remains." in text


def test_a_failed_deletion_names_the_resource(platform: DeployedPlatform, small: Any) -> None:
    name = "small-dev-data-of-the-failures-test"
    small({"Bucket": bucket(name)})
    s3, cloudformation = platform.client("s3"), platform.client("cloudformation")
    s3.put_object(Bucket=name, Key="a", Body=b"b")
    cloudformation.delete_stack(StackName=SMALL)
    (failure,) = list_failures([SMALL], platform.client)
    s3.delete_object(Bucket=name, Key="a")
    text = describe_failure(failure, project="small", environment="dev")
    assert text.startswith(f"The stack {SMALL} failed at Bucket (S3 Bucket {name}): ")
    assert "not empty" in text
    assert text.endswith(
        "The stack is now DELETE_FAILED. Fix the cause and run `mlproject destroy small --environment dev --stack "
        "storage` again."
    )


def test_the_deployed_commit_of_each_project_is_listed(platform: DeployedPlatform) -> None:
    write_deployed_commit(platform.client, project="digits", environment="dev", commit="a" * 40)
    done = platform.mlproject("stacks", "-e", "dev", "--json")
    delete_deployed_commit(platform.client, project="digits", environment="dev")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["commits"] == {"digits": "a" * 40, "flights": None}
