"""The events of a stack: one for each step of each resource, and of the stack itself."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

from embedded_aws.cloudformation.stack import Event, Resource, Stack

STACK_TYPE = "AWS::CloudFormation::Stack"


def record(stack: Stack, *, resource: Resource | None = None, token: str | None = None) -> None:
    """Append an event about a resource's present status, or about the stack's own.

    Each is at least a millisecond after the one before: the CLI orders events by their time.
    """
    number = uuid.uuid4()
    if resource is None:
        event = Event(
            event_id=str(number),
            logical_id=stack.name,
            physical_id=stack.stack_id,
            type_name=STACK_TYPE,
            status=stack.status,
            reason=stack.reason,
            properties=None,
            token=token,
        )
    else:
        event = Event(
            event_id=f"{resource.logical_id}-{resource.status}-{number}",
            logical_id=resource.logical_id,
            physical_id=resource.physical_id,
            type_name=resource.type_name,
            status=resource.status,
            reason=resource.reason,
            properties=resource.properties,
            token=token,
        )
    with stack.lock:
        if stack.events:
            earliest = stack.events[-1].time + timedelta(milliseconds=1)
            event = replace(event, time=max(event.time, earliest))
        stack.events.append(event)


def enter(stack: Stack, status: str, reason: str | None = None, *, token: str | None = None) -> None:
    """Bring the stack to a status and record it."""
    with stack.lock:
        stack.status, stack.reason = status, reason
        record(stack, token=token)
