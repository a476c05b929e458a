"""Failed operations of stacks: the event that caused the failure, what was rolled back, and the state now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlproject.deployment.stack_operations import list_stacks

Event = Mapping[str, Any]

_STACK = "AWS::CloudFormation::Stack"
# Statuses after an operation that failed.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
_FAILED = frozenset(
    {
        "CREATE_FAILED",
        "DELETE_FAILED",
        "ROLLBACK_COMPLETE",
        "ROLLBACK_FAILED",
        "ROLLBACK_IN_PROGRESS",
        "UPDATE_FAILED",
        "UPDATE_ROLLBACK_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_FAILED",
        "UPDATE_ROLLBACK_IN_PROGRESS",
    }
)
_STARTED = frozenset({"CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "UPDATE_IN_PROGRESS"})
# Resources that CloudFormation stopped because another one had failed.
_CANCELLED = frozenset({"Resource creation cancelled", "Resource update cancelled"})
_ROLLBACK = ("ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS")


@dataclass(frozen=True, kw_only=True)
class StackFailure:
    """The last operation of a stack, which failed.

    Args:
        stack: name of the stack.
        status: status of the stack now, such as `UPDATE_ROLLBACK_COMPLETE`.
        event_id: id of the event with which the operation started.
        resource: logical id of the resource that failed first; None if the operation failed for another reason.
        type: type of that resource, such as `AWS::S3::Bucket`.
        name: physical id of that resource; empty if it has none.
        reason: reason of the failure, as reported by CloudFormation.
        rolled_back: logical ids of the other resources that the rollback deleted or restored, sorted.
        not_rolled_back: logical ids of the resources that the rollback could not restore, with the reasons.
    """

    stack: str
    status: str
    event_id: str
    resource: str | None
    type: str
    name: str
    reason: str
    rolled_back: tuple[str, ...] = ()
    not_rolled_back: tuple[str, ...] = ()


def list_failures(stacks: Collection[str], client: Callable[[str], Any]) -> tuple[StackFailure, ...]:
    """Describe the stacks whose last operation failed.

    Args:
        stacks: names of stacks, which need not exist.
        client: returns the boto3 client of a service.
    """
    cloudformation = client("cloudformation")
    found = {stack["StackName"]: stack for stack in list_stacks(client)}
    return tuple(
        _failure(name, str(found[name]["StackStatus"]), _last_operation(cloudformation, found[name]["StackId"]))
        for name in stacks
        if name in found and found[name]["StackStatus"] in _FAILED
    )


def _last_operation(cloudformation: Any, stack_id: str) -> list[Event]:
    """The events of a stack's last operation, oldest first. CloudFormation lists the newest events first."""
    events: list[Event] = []
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id):
        for event in page["StackEvents"]:
            events.append(event)
            if _is_of_stack(event) and event["ResourceStatus"] in _STARTED:
                return events[::-1]
    return events[::-1]


def _failure(name: str, status: str, events: Sequence[Event]) -> StackFailure:
    start = next((n for n, event in enumerate(events) if _is_of_stack(event) and _is_rollback(event)), len(events))
    before, rollback = events[:start], events[start:]
    cause = next((event for event in before if _has_failed(event)), None)
    # A failure without a failed resource, such as that of an output, is reported with the stack's own event.
    stated = cause or next((event for event in [*rollback, *before[::-1]] if "ResourceStatusReason" in event), {})
    undone = {
        event["LogicalResourceId"]
        for event in rollback
        if not _is_of_stack(event) and event["ResourceStatus"] in {"DELETE_COMPLETE", "UPDATE_COMPLETE"}
    }
    return StackFailure(
        stack=name,
        status=status,
        event_id=str(events[0]["EventId"]) if events else "",
        resource=cause["LogicalResourceId"] if cause else None,
        type=str(cause["ResourceType"]) if cause else "",
        name=str(cause.get("PhysicalResourceId", "")) if cause else "",
        reason=str(stated.get("ResourceStatusReason", "CloudFormation gives no reason")),
        rolled_back=tuple(sorted(undone - {cause["LogicalResourceId"] if cause else ""})),
        not_rolled_back=tuple(
            f"{event['LogicalResourceId']} ({event.get('ResourceStatusReason', 'no reason')})"
            for event in rollback
            if _has_failed(event)
        ),
    )


def _is_of_stack(event: Event) -> bool:
    return bool(event["ResourceType"] == _STACK and event.get("PhysicalResourceId") == event["StackId"])


def _is_rollback(event: Event) -> bool:
    return event["ResourceStatus"] in _ROLLBACK


def _has_failed(event: Event) -> bool:
    return (
        not _is_of_stack(event)
        and event["ResourceStatus"].endswith("_FAILED")
        and event.get("ResourceStatusReason") not in _CANCELLED
    )
