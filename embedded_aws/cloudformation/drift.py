"""Drift detection: compare the properties that a stack has applied with what the services show now.

Only properties that the template sets are compared, as on AWS, and types without a reader are not checked:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from embedded_aws.cloudformation.drift_exceptions import is_unconfirmed_subscription, without_rules_of_other_resources
from embedded_aws.cloudformation.engine import Engine
from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.lifecycle import reason_of
from embedded_aws.cloudformation.resource_drift import ResourceDrift, compare
from embedded_aws.cloudformation.stack import Resource, Stack, now
from embedded_aws.live_properties import READERS, Shown

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/detect-drift-stack.html
_CHECKABLE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"})
# Makes nothing anywhere.
_NOT_READ = frozenset({"AWS::CDK::Metadata"})
# The path of the property by which a reader lists a resource, where that is not the physical id.
_LISTED_BY = {
    "AWS::IAM::Policy": "PolicyName",
    "AWS::SNS::TopicPolicy": "PolicyDocument.Id",
    "AWS::SQS::QueuePolicy": "PolicyDocument.Id",
}


@dataclass(frozen=True, kw_only=True)
class StackDrift:
    """The result of a detection.

    Args:
        failure: why the resources could not be read; None if they were.
    """

    detection_id: str
    stack: Stack
    resources: tuple[ResourceDrift, ...]
    failure: str | None = None
    time: datetime = field(default_factory=now)

    @property
    def drifted(self) -> tuple[ResourceDrift, ...]:
        return tuple(each for each in self.resources if each.status != "IN_SYNC")

    @property
    def status(self) -> str:
        if self.failure:
            return "UNKNOWN"
        return "DRIFTED" if self.drifted else "IN_SYNC"


def detect_drift(engine: Engine, name: str, *, included: frozenset[str] = frozenset()) -> StackDrift:
    """Check the resources of a stack, and keep the result with it.

    Args:
        engine: the stacks of an account and region.
        name: name or id of the stack.
        included: logical ids of the resources to check; all if empty.

    Raises:
        CloudFormationError: there is no such stack or resource, or the stack's status does not allow the detection.
    """
    stack = engine.get(name)
    if stack.status not in _CHECKABLE:
        raise CloudFormationError(
            f"Drift detection cannot be performed on stack [{stack.stack_id}], whose status is {stack.status}."
        )
    with stack.lock:
        resources = [each for each in stack.resources.values() if not included or each.logical_id in included]
    missing = included - {each.logical_id for each in resources}
    if missing:
        raise CloudFormationError(f"Resource {sorted(missing)[0]} does not exist for stack {stack.name}")
    checked: tuple[ResourceDrift, ...] = ()
    failure = None
    try:
        checked = tuple(_check(engine, resources))
    except Exception as error:  # whatever a service answers fails the detection, as on AWS
        failure = reason_of(error)
    drift = StackDrift(detection_id=str(uuid.uuid4()), stack=stack, resources=checked, failure=failure)
    with stack.lock:
        stack.drift = drift
    return drift


def _check(engine: Engine, resources: list[Resource]) -> Iterator[ResourceDrift]:
    shown: dict[str, Shown] = {}
    for resource in resources:
        type_name = resource.type_name
        if type_name not in READERS or type_name in _NOT_READ:
            continue
        if type_name not in shown:
            shown[type_name] = READERS[type_name](engine.context.client)
        name = _listed_as(resource)
        actual = shown[type_name].get(name) if name else None
        if name is None or (actual is None and is_unconfirmed_subscription(resource, engine.context.client)):
            continue
        yield compare(resource, without_rules_of_other_resources(resource, actual, engine.stacks.values()))


def _listed_as(resource: Resource) -> str | None:
    found: Any = resource.properties
    path = _LISTED_BY.get(resource.type_name)
    if path is None:
        return resource.physical_id
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return None if found is None else str(found)
