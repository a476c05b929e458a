"""List and delete the deployed stacks of projects, including projects whose folder no longer exists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from mlproject.deployment.stack_operations import list_stacks
from mlproject.errors import UserError

# Stacks of a project in deployment order. Each may depend on those before it.
STACKS = ("storage", "pipeline", "notebooks", "emr", "emr-serverless", "operations", "serving")
# The creation failed and was rolled back. The stack is empty and can only be deleted.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
FAILED_CREATION = frozenset({"ROLLBACK_COMPLETE"})


@dataclass(frozen=True, kw_only=True)
class DeployedStack:
    """A deployed stack of a project, as described by CloudFormation.

    Args:
        project: name of the project.
        kind: one of STACKS.
        name: such as `flights-dev-storage`.
        stack_id: ARN of the stack, which also identifies it after its deletion.
        status: such as `CREATE_COMPLETE`.
        is_protected: whether termination protection is on.
    """

    project: str
    kind: str
    name: str
    stack_id: str
    status: str
    is_protected: bool


@dataclass(frozen=True, kw_only=True)
class RetainedResource:
    """A resource that was retained when its stack was deleted.

    Args:
        type: such as `AWS::S3::Bucket`.
        name: physical id of the resource.
    """

    type: str
    name: str


def list_projects(client: Callable[[str], Any], *, environment: str) -> dict[str, tuple[DeployedStack, ...]]:
    """List the projects that have stacks in an environment's account and region.

    A stack belongs to a project if its name and its tags `project` and `environment` match. The network stack belongs
    to the environment.

    Args:
        client: returns the boto3 client of a service.
        environment: name of the environment, such as `dev`.

    Returns:
        stacks of each project in deployment order, by the project's name, sorted.
    """
    return group_by_project(list_stacks(client), environment=environment)


def group_by_project(stacks: Iterable[Mapping[str, Any]], *, environment: str) -> dict[str, tuple[DeployedStack, ...]]:
    """Do the same as `list_projects` with stacks that DescribeStacks has already returned."""
    found: dict[str, dict[str, DeployedStack]] = {}
    for stack in stacks:
        tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", ())}
        project = tags.get("project", "")
        kind = stack["StackName"].removeprefix(f"{project}-{environment}-")
        if tags.get("environment") == environment and kind in STACKS:
            found.setdefault(project, {})[kind] = DeployedStack(
                project=project,
                kind=kind,
                name=stack["StackName"],
                stack_id=stack["StackId"],
                status=stack["StackStatus"],
                is_protected=stack.get("EnableTerminationProtection", False),
            )
    return {project: tuple(kinds[kind] for kind in STACKS if kind in kinds) for project, kinds in sorted(found.items())}


def describe_network(client: Callable[[str], Any], *, environment: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the CIDR range and the zones of the VPC in an environment's network stack.

    Args:
        client: returns the boto3 client of a service.
        environment: name of the environment, such as `dev`.

    Returns:
        such as `("10.20.0.0/16", ("eu-west-1a", "eu-west-1b"))`, or None if the stack or its VPC does not exist.
    """
    pages = client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=f"{environment}-network")
    try:
        resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    ids: dict[str, list[str]] = {}
    # The logical ids of subnets are numbered in the order of their zones.
    for resource in sorted(resources, key=lambda each: str(each["LogicalResourceId"])):
        if resource.get("PhysicalResourceId") and resource["ResourceStatus"] != "DELETE_COMPLETE":
            ids.setdefault(resource["ResourceType"], []).append(resource["PhysicalResourceId"])
    if "AWS::EC2::VPC" not in ids:
        return None
    ec2 = client("ec2")
    (vpc,) = ec2.describe_vpcs(VpcIds=ids["AWS::EC2::VPC"])["Vpcs"]
    subnets = ids.get("AWS::EC2::Subnet", [])
    zones = {each["SubnetId"]: each["AvailabilityZone"] for each in ec2.describe_subnets(SubnetIds=subnets)["Subnets"]}
    return vpc["CidrBlock"], tuple(zones[subnet] for subnet in subnets)


def unprotect_failed_stacks(stacks: Iterable[DeployedStack], client: Callable[[str], Any]) -> tuple[DeployedStack, ...]:
    """Turn off the termination protection of stacks whose creation failed, so that the CDK CLI can re-create them.

    The CDK CLI protects a stack before it creates it, which would block the second attempt of a failed first
    deployment:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html

    Returns:
        stacks whose protection was turned off.
    """
    unprotected = tuple(stack for stack in stacks if stack.is_protected and stack.status in FAILED_CREATION)
    for stack in unprotected:
        _unprotect(stack, client)
    return unprotected


def delete_stacks(
    stacks: Iterable[DeployedStack], client: Callable[[str], Any], *, progress: Callable[[str], None]
) -> tuple[RetainedResource, ...]:
    """Delete stacks in reverse order, and wait for each deletion. The function is idempotent.

    Args:
        stacks: stacks in deployment order. Protected stacks are deleted too.
        client: returns the boto3 client of a service.
        progress: called with the name of each stack after its deletion.

    Returns:
        resources retained by the deletion policies of the templates.

    Raises:
        UserError: CloudFormation could not delete a stack. The message contains the reasons.
    """
    cloudformation = client("cloudformation")
    retained: list[RetainedResource] = []
    for stack in reversed(tuple(stacks)):
        if stack.is_protected:
            _unprotect(stack, client)
        cloudformation.delete_stack(StackName=stack.stack_id)
        try:
            cloudformation.get_waiter("stack_delete_complete").wait(
                StackName=stack.stack_id, WaiterConfig={"Delay": 2, "MaxAttempts": 1800}
            )
        except WaiterError as error:
            failures = _events(cloudformation, stack, "DELETE_FAILED")
            reasons = "; ".join(f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason')}" for each in failures)
            raise UserError(
                f"{stack.name} could not be deleted: {reasons or error}", exit_code=1, topic="deployment-failed"
            ) from error
        retained += [
            RetainedResource(type=each["ResourceType"], name=each["PhysicalResourceId"])
            for each in _events(cloudformation, stack, "DELETE_SKIPPED")
        ]
        progress(stack.name)
    return tuple(retained)


def _unprotect(stack: DeployedStack, client: Callable[[str], Any]) -> None:
    client("cloudformation").update_termination_protection(StackName=stack.name, EnableTerminationProtection=False)


def _events(cloudformation: Any, stack: DeployedStack, status: str) -> list[dict[str, Any]]:
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack.stack_id)
    return [event for page in pages for event in page["StackEvents"] if event["ResourceStatus"] == status]
