"""Read and update the CloudFormation stack of a project's clusters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from mlproject.errors import UserError
from mlproject.names import cluster_of_resource

CLUSTER = "AWS::EMR::Cluster"
_STACK = "AWS::CloudFormation::Stack"
# Statuses of a stack with which an operation begins.
_STARTED = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")
# Stack statuses in which CloudFormation accepts an update.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-describing-stacks.html
UPDATABLE = (
    "CREATE_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
)
_DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")


@dataclass(frozen=True, kw_only=True)
class Polling:
    """Callbacks for an operation that takes minutes.

    Args:
        report: called with a message for each change of status.
        sleep: waits before the next poll.
    """

    report: Callable[[str], None]
    sleep: Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class DeployedStack:
    """A deployed stack, as described by CloudFormation.

    Args:
        name: name of the stack.
        status: such as `UPDATE_COMPLETE`.
        parameters: values of the stack's parameters, by name.
        clusters: ids of the EMR clusters in the stack, by name in project.yaml or `main`.
        failed: types of the failed resources, by logical id.
    """

    name: str
    status: str
    parameters: Mapping[str, str] = field(repr=False)
    clusters: Mapping[str, str]
    failed: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_busy(self) -> bool:
        return self.status.endswith("_IN_PROGRESS")


def find_stack(cloudformation: Any, name: str) -> DeployedStack | None:
    """Describe a stack, or return None if it does not exist.

    Args:
        cloudformation: the boto3 client.
        name: name of the stack.
    """
    try:
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    return DeployedStack(
        name=name,
        status=stack["StackStatus"],
        parameters={
            parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in stack.get("Parameters", [])
        },
        clusters={
            cluster_of_resource(resource["LogicalResourceId"]): resource["PhysicalResourceId"]
            for resource in resources
            if resource["ResourceType"] == CLUSTER
            and resource["ResourceStatus"] != "DELETE_COMPLETE"
            and resource.get("PhysicalResourceId")
        },
        failed={
            resource["LogicalResourceId"]: resource["ResourceType"]
            for resource in resources
            if resource["ResourceStatus"].endswith("_FAILED")
        },
    )


def newest_cluster(cloudformation: Any, stack: DeployedStack, cluster: str) -> str | None:
    """Return the id of the newest cluster of a name that a stack created, even if its creation failed.

    Args:
        cloudformation: the boto3 client.
        stack: the deployed stack.
        cluster: name of the cluster in project.yaml, or `main`.
    """
    return _failed_cluster(cloudformation, stack, cluster) or stack.clusters.get(cluster)


def _failed_cluster(cloudformation: Any, stack: DeployedStack, cluster: str) -> str | None:
    """Return the id of the cluster that could not be created, if the last operation was rolled back or failed.

    After a rollback, the stack contains the cluster before it, or none.
    """
    if "ROLLBACK" not in stack.status and not stack.status.endswith("_FAILED"):
        return None
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack.name):
        for event in page["StackEvents"]:
            if event["ResourceType"] == _STACK and event["ResourceStatus"] in _STARTED:
                return None  # all other events are of earlier operations
            if _is_cluster(event, cluster) and event["ResourceStatus"].endswith("_FAILED"):
                return event.get("PhysicalResourceId") or None
    return None


def _is_cluster(event: Mapping[str, Any], cluster: str) -> bool:
    return event["ResourceType"] == CLUSTER and cluster_of_resource(event["LogicalResourceId"]) == cluster


def update_parameter(cloudformation: Any, stack: DeployedStack, *, parameter: str, value: str, token: str) -> None:
    """Start an update that changes only one parameter. Template, tags and the other parameters stay the same.

    Args:
        cloudformation: the boto3 client.
        stack: the deployed stack.
        parameter: name of the parameter.
        value: new value of the parameter.
        token: client request token, which identifies the events of the operation.
    """
    cloudformation.update_stack(
        StackName=stack.name,
        UsePreviousTemplate=True,
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value}
            if name == parameter
            else {"ParameterKey": name, "UsePreviousValue": True}
            for name in sorted(stack.parameters)
        ],
        # Required because the template contains named roles, although they do not change.
        Capabilities=["CAPABILITY_NAMED_IAM"],
        ClientRequestToken=token,
    )


def continue_rollback(cloudformation: Any, stack: DeployedStack, *, polling: Polling) -> DeployedStack:
    """Complete a rollback that failed on terminated clusters, and skip them, since they will be replaced.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html

    Args:
        cloudformation: the boto3 client.
        stack: stack with the status `UPDATE_ROLLBACK_FAILED`, in which only clusters failed.
        polling: how to report progress and wait.

    Returns:
        the stack after the rollback.
    """
    cloudformation.continue_update_rollback(StackName=stack.name, ResourcesToSkip=list(stack.failed))
    while True:
        current = find_stack(cloudformation, stack.name)
        if current is None or not current.is_busy:
            polling.report(f"stack {stack.name}: {current.status if current else 'deleted'}")
            return current or stack
        polling.sleep()


def wait_for_new_cluster(
    cloudformation: Any,
    stack: DeployedStack,
    *,
    cluster: str,
    token: str,
    state_of: Callable[[str], str | None],
    polling: Polling,
) -> None:
    """Wait until an update has replaced a cluster.

    The new cluster is ready before CloudFormation deletes the old one, so the cleanup is not waited for.

    Args:
        cloudformation: the boto3 client.
        stack: the stack before the update.
        cluster: name of the cluster in project.yaml, or `main`.
        token: client request token of the update.
        state_of: returns the state of a cluster by its id.
        polling: how to report progress and wait.

    Raises:
        UserError: the update failed. The message contains CloudFormation's reason.
    """
    reported: dict[str, str | None] = {}

    def report(resource: str, state: str | None) -> None:
        if reported.get(resource) != state:
            reported[resource] = state
            polling.report(f"{resource}: {state}")

    while True:
        status = cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0]["StackStatus"]
        report(f"stack {stack.name}", status)
        events = _events(cloudformation, stack.name, token)
        for event in events:
            cluster_id = event.get("PhysicalResourceId")
            if _is_cluster(event, cluster) and cluster_id and cluster_id != stack.clusters.get(cluster):
                report(f"cluster {cluster_id}", state_of(cluster_id))
        if status in _DONE:
            return
        if not status.endswith("_IN_PROGRESS"):
            failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
            reason = failed[0].get("ResourceStatusReason") if failed else None
            raise UserError(
                f"stack {stack.name}: the update ended with {status} and created no new cluster: "
                f"{reason or 'CloudFormation gives no reason'}. Fix the cause and run the command again.",
                exit_code=1,
                topic="deployment-failed",
            )
        polling.sleep()


def _events(cloudformation: Any, name: str, token: str) -> list[dict[str, Any]]:
    """Events of the operation, oldest first. CloudFormation lists the newest events of a stack first."""
    found: list[dict[str, Any]] = []
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=name):
        own = [event for event in page["StackEvents"] if event.get("ClientRequestToken") == token]
        found += own
        if len(own) < len(page["StackEvents"]):
            break
    return found[::-1]
