"""Deploying this version over an earlier release replaces and deletes nothing that contains data or work."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import WaiterError

import embedded_aws as aws
from mlproject.deployment import (
    Judgement,
    SynthesizedStack,
    Verdict,
    judge_consequences,
    list_consequences,
    list_dependent_replacements,
    plan_changes,
    read_stacks,
)
from mlproject.deployment.stateful_types import STATEFUL_TYPES
from mlproject.parameters import load_parameters
from tests.checkouts import lay_out_example
from tests.stacks.assembly import run_app
from tests.upgrades.release import ENVIRONMENT, PIPELINE, PROJECT, Release, ordered

pytestmark = pytest.mark.slow

CAPABILITIES = ["CAPABILITY_NAMED_IAM"]
GROUP = f"{PROJECT}-{ENVIRONMENT}"


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """The stacks of an earlier release.

    Args:
        client: boto3 clients of the administrator.
        stateful: the physical ids of the stateful resources, by stack and logical id.
        region: of the stacks.
    """

    client: Callable[[str], Any]
    stateful: Mapping[str, str]
    region: str


@pytest.fixture(scope="module")
def checkout(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This version with the parameters and the committed definition of the release."""
    folder = lay_out_example(tmp_path_factory.mktemp("upgrade") / "checkout")
    shutil.rmtree(folder / "projects")
    shutil.copytree(release.parameters, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def current(checkout: Path) -> tuple[SynthesizedStack, ...]:
    """The stacks of this version."""
    done = run_app(checkout, checkout / "cdk.out", environment=ENVIRONMENT)
    assert done.returncode == 0, done.stderr
    return ordered([stack for stack in read_stacks(checkout / "cdk.out") if stack.path.startswith(f"{ENVIRONMENT}/")])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[aws.Server]:
    folder = tmp_path_factory.mktemp("aws")
    yield aws.start(folder, lifetime=aws.Lifetime.OF_STARTER)
    aws.stop(folder)


@pytest.fixture(scope="module")
def deployed(release: Release, checkout: Path, server: aws.Server) -> Deployed:
    """The stacks of the release, with an object in the data bucket and a registered model."""
    environment = load_parameters(checkout).environments[ENVIRONMENT]
    aws.Accounts(server.folder).add([environment.account])
    variables = server.environment(environment.account, environment.region)
    session = boto3.Session(
        variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"], region_name=environment.region
    )

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=server.endpoint)

    client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String", Overwrite=True)
    statuses = deploy(client("cloudformation"), release.stacks, kind="CREATE")
    assert set(statuses.values()) == {"CREATE_COMPLETE"}
    client("s3").put_object(Bucket=data_bucket(client), Key="raw/a.csv", Body=b"1")
    client("sagemaker").create_model_package(ModelPackageGroupName=GROUP, ModelApprovalStatus="Approved")
    stateful = stateful_resources(client("cloudformation"), release.stacks)
    return Deployed(client=client, stateful=stateful, region=environment.region)


@pytest.fixture(scope="module")
def judgements(deployed: Deployed, current: Sequence[SynthesizedStack]) -> Sequence[Judgement]:
    """The verdicts of the guard on the deployment of this version."""
    existing = deployed.client("cloudformation").describe_stacks()["Stacks"]
    planned = plan_changes(current, deployed.client, region=deployed.region, existing=existing)
    return judge_consequences((*list_consequences(planned), *list_dependent_replacements(planned)), planned, ())


@pytest.fixture(scope="module")
def statuses(
    deployed: Deployed, judgements: Sequence[Judgement], current: Sequence[SynthesizedStack]
) -> Mapping[str, str]:
    """The statuses of the stacks after the deployment of this version, which follows the verdicts."""
    return deploy(deployed.client("cloudformation"), current, kind="UPDATE")


def deploy(cloudformation: Any, stacks: Sequence[SynthesizedStack], *, kind: str) -> dict[str, str]:
    """Deploy each stack with a change set, as the CDK CLI does, and return its status."""
    statuses = {}
    for stack in stacks:
        change_set = {"StackName": stack.name, "ChangeSetName": "upgrade"}
        cloudformation.create_change_set(
            **change_set,
            ChangeSetType=kind,
            TemplateBody=stack.template,
            Capabilities=CAPABILITIES,
            Tags=[{"Key": key, "Value": value} for key, value in stack.tags.items()],
        )
        described = cloudformation.describe_change_set(**change_set)
        if described["Status"] == "FAILED":
            assert "didn't contain changes" in described["StatusReason"]
            cloudformation.delete_change_set(**change_set)
        else:
            cloudformation.execute_change_set(**change_set)
            waiter = cloudformation.get_waiter(f"stack_{kind.lower()}_complete")
            with suppress(WaiterError):  # the status tells
                waiter.wait(StackName=stack.name, WaiterConfig={"Delay": 1})
        statuses[stack.name] = cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0]["StackStatus"]
    return statuses


def stateful_resources(cloudformation: Any, stacks: Sequence[SynthesizedStack]) -> dict[str, str]:
    """Return the physical ids of the resources that contain data or work."""
    return {
        f"{stack.name}/{each['LogicalResourceId']}": each["PhysicalResourceId"]
        for stack in stacks
        for each in cloudformation.describe_stack_resources(StackName=stack.name)["StackResources"]
        if each["ResourceType"] in STATEFUL_TYPES
    }


def data_bucket(client: Callable[[str], Any]) -> str:
    (name,) = (
        each["Name"]
        for each in client("s3").list_buckets()["Buckets"]
        if each["Name"].startswith(f"{PROJECT}-{ENVIRONMENT}-data-")
    )
    return str(name)


def test_the_guard_does_not_stop_the_deployment(judgements: Sequence[Judgement]) -> None:
    assert [each for each in judgements if each.verdict is Verdict.STOPS] == []


def test_every_stack_is_updated_and_there_is_something_to_update(statuses: Mapping[str, str]) -> None:
    # A stack without differences stays as it was created.
    assert set(statuses.values()) == {"UPDATE_COMPLETE", "CREATE_COMPLETE"}
    assert statuses[f"{PROJECT}-{ENVIRONMENT}-notebooks"] == "UPDATE_COMPLETE"
    assert statuses[f"{PROJECT}-{ENVIRONMENT}-pipeline"] == "UPDATE_COMPLETE"


@pytest.mark.usefixtures("statuses")
def test_every_stateful_resource_is_the_same_one_afterwards(
    deployed: Deployed, current: Sequence[SynthesizedStack]
) -> None:
    types = {each.rpartition("/")[2] for each in deployed.stateful}
    assert any("DataBucket" in name for name in types)
    assert any("NotebookInstance" in name for name in types)
    after = stateful_resources(deployed.client("cloudformation"), current)
    assert {name: after.get(name) for name in deployed.stateful} == deployed.stateful


@pytest.mark.usefixtures("statuses")
def test_the_data_and_the_registered_models_are_still_there(deployed: Deployed) -> None:
    found = deployed.client("s3").get_object(Bucket=data_bucket(deployed.client), Key="raw/a.csv")
    assert found["Body"].read() == b"1"
    models = deployed.client("sagemaker").list_model_packages(ModelPackageGroupName=GROUP)
    assert [each["ModelApprovalStatus"] for each in models["ModelPackageSummaryList"]] == ["Approved"]


def test_a_synthesis_leaves_the_parameters_and_the_definition_of_the_release_as_they_are(
    release: Release, checkout: Path, current: Sequence[SynthesizedStack]
) -> None:
    assert load_parameters(checkout).deployment(PROJECT, ENVIRONMENT).require_pipeline().folder == PIPELINE
    files = [path for path in release.parameters.rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        assert (checkout / path.relative_to(release.parameters)).read_bytes() == path.read_bytes()
