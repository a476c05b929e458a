"""The CloudFormation stack of a cluster: what it holds, an operation on it from its start to its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from mlproject.errors import UserError

CLUSTER = "AWS::EMR::Cluster"
# From these CloudFormation takes an update.
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
    """How something that takes minutes is followed.

    Args:
        tell: told each step once, in words.
        pause: called between two looks.
    """

    tell: Callable[[str], None]
    pause: Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class DeployedStack:
    """A stack as CloudFormation describes it.

    Args:
        name: its name.
        status: such as `UPDATE_COMPLETE`.
        parameters: their values.
        cluster_id: the EMR cluster that it last made; None if it made none.
        failed: the types of the resources that failed, by logical id.
    """

    name: str
    status: str
    parameters: Mapping[str, str] = field(repr=False)
    cluster_id: str | None
    failed: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_busy(self) -> bool:
        return self.status.endswith("_IN_PROGRESS")


def find(cloudformation: Any, name: str) -> DeployedStack | None:
    """A stack, or None if there is none.

    Args:
        cloudformation: the boto3 client.
        name: the stack's name.
    """
    try:
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    clusters = [
        resource.get("PhysicalResourceId")
        for resource in resources
        if resource["ResourceType"] == CLUSTER and resource["ResourceStatus"] != "DELETE_COMPLETE"
    ]
    return DeployedStack(
        name=name,
        status=stack["StackStatus"],
        parameters={
            parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in stack.get("Parameters", [])
        },
        cluster_id=next((cluster for cluster in clusters if cluster), None),
        failed={
            resource["LogicalResourceId"]: resource["ResourceType"]
            for resource in resources
            if resource["ResourceStatus"].endswith("_FAILED")
        },
    )


def update(cloudformation: Any, stack: DeployedStack, *, parameter: str, value: str, token: str) -> None:
    """Start an update that changes one parameter and nothing else: template, tags, other parameters stay.

    Args:
        cloudformation: the boto3 client.
        stack: the stack as it is.
        parameter: the parameter's name.
        value: its new value.
        token: marks the operation's events.
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
        # The template has roles with names, changed or not.
        Capabilities=["CAPABILITY_NAMED_IAM"],
        ClientRequestToken=token,
    )


def finish_rollback(cloudformation: Any, stack: DeployedStack, *, polling: Polling) -> DeployedStack:
    """Finish a rollback that could not change the dead cluster back: nothing of that is needed, it is replaced.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html

    Args:
        cloudformation: the boto3 client.
        stack: as it is, `UPDATE_ROLLBACK_FAILED` because of its cluster alone.
        polling: how to wait.

    Returns:
        the stack as it is then.
    """
    cloudformation.continue_update_rollback(StackName=stack.name, ResourcesToSkip=list(stack.failed))
    while True:
        now = find(cloudformation, stack.name)
        if now is None or not now.is_busy:
            polling.tell(f"stack {stack.name}: {now.status if now else 'gone'}")
            return now or stack
        polling.pause()


def follow(
    cloudformation: Any, stack: DeployedStack, *, token: str, state_of: Callable[[str], str | None], polling: Polling
) -> None:
    """Wait for the end of an operation that makes another cluster.

    The old cluster is ended in the cleanup that follows; the new one answers before, so that is not waited for.

    Args:
        cloudformation: the boto3 client.
        stack: as it was before.
        token: the operation's.
        state_of: the state of a cluster by its id.
        polling: how to wait.

    Raises:
        UserError: it failed; with CloudFormation's reason.
    """
    told: dict[str, str | None] = {}

    def tell(thing: str, state: str | None) -> None:
        if told.get(thing) != state:
            told[thing] = state
            polling.tell(f"{thing}: {state}")

    while True:
        status = cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0]["StackStatus"]
        tell(f"stack {stack.name}", status)
        events = _events(cloudformation, stack.name, token)
        for event in events:
            cluster = event.get("PhysicalResourceId")
            if event["ResourceType"] == CLUSTER and cluster and cluster != stack.cluster_id:
                tell(f"cluster {cluster}", state_of(cluster))
        if status in _DONE:
            return
        if not status.endswith("_IN_PROGRESS"):
            failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
            reason = failed[0].get("ResourceStatusReason") if failed else None
            raise UserError(
                f"stack {stack.name}: the update ended with {status}, and there is no new cluster: "
                f"{reason or 'CloudFormation gives no reason'}; mend the cause and repeat the command.",
                exit_code=1,
            )
        polling.pause()


def _events(cloudformation: Any, name: str, token: str) -> list[dict[str, Any]]:
    """The operation's events, oldest first; they are the newest of the stack."""
    found: list[dict[str, Any]] = []
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=name):
        own = [event for event in page["StackEvents"] if event.get("ClientRequestToken") == token]
        found += own
        if len(own) < len(page["StackEvents"]):
            break
    return found[::-1]
