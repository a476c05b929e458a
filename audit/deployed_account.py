"""A project that is deployed into an embedded AWS of its own, beside the planted faults, for judges of accounts."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import embedded_aws as aws
from audit.judge import JudgeError
from audit.subject import PLANTED

_PROJECT = "flights"
# Their physical id is that of what they belong to.
_WITHOUT_OWN_ID = ("AWS::S3::BucketPolicy", "AWS::IAM::InstanceProfile")


@dataclass(frozen=True, kw_only=True)
class DeployedAccount:
    """The account.

    Args:
        region: of the stacks.
        variables: environment variables with which tools find it.
        resources: stack and logical id by the physical id of a resource; the path of a stack by its ARN.
    """

    region: str
    variables: Mapping[str, str]
    resources: Mapping[str, str]

    def resource_of(self, arn: str) -> str | None:
        """Return the stack and logical id of a resource; None if no stack created it."""
        arn = arn.removesuffix(":*")
        found = [each for each in self.resources if arn == each or arn.endswith((f":{each}", f"/{each}"))]
        return self.resources[max(found, key=len)] if found else None


@contextmanager
def deployed_account(folder: Path, planted_template: Path) -> Iterator[DeployedAccount]:
    """Deploy a project of the examples and a template with faults, and yield their account while its server runs.

    Args:
        folder: receives the state of the server and a checkout.
        planted_template: the template with faults.

    Raises:
        JudgeError: a stack could not be deployed.
    """
    server = aws.start(folder / "aws", lifetime=aws.Lifetime.OF_STARTER)
    try:
        yield _deploy(folder / "checkout", server, planted_template)
    finally:
        aws.stop(folder / "aws")


def _deploy(checkout: Path, server: aws.Server, planted_template: Path) -> DeployedAccount:
    from tests.deployed_projects import platform as example

    example.lay_out(checkout)
    try:
        deployed = example.deploy(checkout, server, projects=[_PROJECT])
    except (AssertionError, subprocess.SubprocessError) as error:
        raise JudgeError(f"the example could not be deployed: {error}") from error
    cloudformation = deployed.client("cloudformation")
    cloudformation.create_stack(
        StackName=PLANTED, TemplateBody=planted_template.read_text(), Capabilities=["CAPABILITY_IAM"]
    )
    paths = {str(stack.properties["stackName"]): path for path, stack in deployed.stacks.items()}
    return DeployedAccount(
        region=example.REGION,
        variables=server.environment(example.ACCOUNT, example.REGION),
        resources=_resources(cloudformation, {**paths, PLANTED: PLANTED}),
    )


def _resources(cloudformation: Any, paths: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for stack in cloudformation.describe_stacks()["Stacks"]:
        path = paths[stack["StackName"]]
        found[stack["StackId"]] = path
        for each in cloudformation.describe_stack_resources(StackName=stack["StackName"])["StackResources"]:
            if each["ResourceType"] not in _WITHOUT_OWN_ID:
                found[each["PhysicalResourceId"]] = f"{path}/{each['LogicalResourceId']}"
    return found
