"""The stacks of projects as they are deployed, found without a project's folder; and their deletion."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from mlproject.errors import UserError

# A project's stacks in the order in which they are deployed: each may need those before it.
STACKS = ("storage", "pipeline", "notebooks", "emr", "operations")
# The first creation failed and was rolled back: nothing is left in the stack, and it can only be deleted.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
EMPTY = frozenset({"ROLLBACK_COMPLETE"})


@dataclass(frozen=True, kw_only=True)
class DeployedStack:
    """A stack of a project, as CloudFormation describes it.

    Args:
        project: whose it is.
        kind: one of STACKS.
        name: such as `flights-dev-storage`.
        stack_id: its ARN, by which it is found after its deletion too.
        status: such as `CREATE_COMPLETE`.
        is_protected: whether CloudFormation refuses to delete it.
    """

    project: str
    kind: str
    name: str
    stack_id: str
    status: str
    is_protected: bool


@dataclass(frozen=True, kw_only=True)
class Retained:
    """A resource that stays although its stack was deleted.

    Args:
        type: such as `AWS::S3::Bucket`.
        name: its physical id.
    """

    type: str
    name: str


def deployed_projects(client: Callable[[str], Any], *, environment: str) -> dict[str, tuple[DeployedStack, ...]]:
    """The projects that have stacks in an environment's account and region, whether they have a folder or not.

    A stack is a project's when its name and both of its tags say so; `network` is the environment's own.

    Args:
        client: gives the boto3 client of a service.
        environment: its name, such as `dev`.

    Returns:
        project, sorted, to its stacks in the order in which they are deployed.
    """
    found: dict[str, dict[str, DeployedStack]] = {}
    for page in client("cloudformation").get_paginator("describe_stacks").paginate():
        for stack in page["Stacks"]:
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


def created_network(client: Callable[[str], Any], *, environment: str) -> tuple[str, tuple[str, ...]] | None:
    """Range and zones of the VPC that an environment's network stack has created.

    Args:
        client: gives the boto3 client of a service.
        environment: its name, such as `dev`.

    Returns:
        such as `("10.20.0.0/16", ("eu-west-1a", "eu-west-1b"))`; None if there is no such stack, or no VPC in it.
    """
    pages = client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=f"{environment}-network")
    try:
        resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    ids: dict[str, list[str]] = {}
    # Subnets are numbered by their zones' order.
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


def unprotect_empty(stacks: Iterable[DeployedStack], client: Callable[[str], Any]) -> tuple[DeployedStack, ...]:
    """Lift the protection of stacks whose first creation failed, so that the CDK CLI can delete and repeat them.

    The CDK CLI protects a stack before it creates it, so that a failed first deployment could never be repeated:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html

    Returns:
        the stacks whose protection was lifted.
    """
    lifted = tuple(stack for stack in stacks if stack.is_protected and stack.status in EMPTY)
    for stack in lifted:
        _unprotect(stack, client)
    return lifted


def delete(
    stacks: Iterable[DeployedStack], client: Callable[[str], Any], *, progress: Callable[[str], None]
) -> tuple[Retained, ...]:
    """Delete stacks, the last deployed first, and wait for the end of each; safe to repeat.

    Args:
        stacks: in the order in which they were deployed; protected ones are deleted too.
        client: gives the boto3 client of a service.
        progress: told the name of each stack when it is gone.

    Returns:
        what stays, by the templates' deletion policies.

    Raises:
        UserError: CloudFormation could not delete a stack; named with its reasons.
    """
    cloudformation = client("cloudformation")
    retained: list[Retained] = []
    for stack in reversed(tuple(stacks)):
        if stack.is_protected:
            _unprotect(stack, client)
        cloudformation.delete_stack(StackName=stack.stack_id)
        try:
            cloudformation.get_waiter("stack_delete_complete").wait(
                StackName=stack.stack_id, WaiterConfig={"Delay": 2, "MaxAttempts": 1800}
            )
        except WaiterError as error:
            reasons = _events(cloudformation, stack, "DELETE_FAILED")
            told = "; ".join(f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason')}" for each in reasons)
            raise UserError(f"{stack.name} could not be deleted: {told or error}", exit_code=1) from error
        retained += [
            Retained(type=each["ResourceType"], name=each["PhysicalResourceId"])
            for each in _events(cloudformation, stack, "DELETE_SKIPPED")
        ]
        progress(stack.name)
    return tuple(retained)


def _unprotect(stack: DeployedStack, client: Callable[[str], Any]) -> None:
    client("cloudformation").update_termination_protection(StackName=stack.name, EnableTerminationProtection=False)


def _events(cloudformation: Any, stack: DeployedStack, status: str) -> list[dict[str, Any]]:
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack.stack_id)
    return [event for page in pages for event in page["StackEvents"] if event["ResourceStatus"] == status]
