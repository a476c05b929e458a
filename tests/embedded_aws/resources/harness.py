"""Driving a handler through the engine: one stack, templates applied to it one after another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from embedded_aws.cloudformation.engine import Engine
from embedded_aws.cloudformation.stack import Resource, Stack
from embedded_aws.resources import HANDLERS
from tests.embedded_aws.moto_server import ACCOUNT, REGION, Services

SUBJECT = "Subject"
Resources = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a resource type's handler is driven through.

    Args:
        type: the resource type.
        variant: tells cases of one type apart.
        first: properties that it is created with; together with `changed` they hold every property it applies.
        changed: properties of an update in place, or None where every property replaces the resource.
        replaced: properties that ask for another resource, or None where no property does.
        dependencies: resources that the properties refer to.
        defaults: what the service shows of a property that the template does not give.
        unread: properties that the service does not show; each has a test of its own.
        derived: properties that the service shows in any case, since another says the same.
        key: the path of the property that the service lists it by, where that is not the physical id.
        moves: whether an update in place gives the resource another id.
    """

    type: str
    variant: str = ""
    first: Mapping[str, Any]
    changed: Mapping[str, Any] | None = None
    replaced: Mapping[str, Any] | None = None
    dependencies: Resources = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    derived: frozenset[str] = frozenset()
    key: str | None = None
    moves: bool = False

    def __str__(self) -> str:
        return f"{self.type} {self.variant}".strip()

    def listed_as(self, properties: Mapping[str, Any], physical_id: str) -> str:
        """Under which name the service lists the resource."""
        found: Any = properties
        for name in self.key.split(".") if self.key else ():
            found = found[name]
        return str(found) if self.key else physical_id

    def resources(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """The dependencies, and the resource with these properties."""
        return {**self.dependencies, SUBJECT: {"Type": self.type, "Properties": properties}}


# The service refuses the name, so it fails when everything before it is done.
FAILING = {
    "Type": "AWS::SSM::Parameter",
    "Properties": {"Name": "aws-reserved", "Type": "String", "Value": "1"},
    "DependsOn": SUBJECT,
}


class Driver:
    """A stack of one test on the engine itself, without its HTTP layer."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.engine = Engine(client=services, handlers=HANDLERS, account=ACCOUNT, region=REGION)

    @property
    def stack(self) -> Stack:
        return self.engine.get("contract")

    @property
    def subject(self) -> Resource:
        return self.stack.resources[SUBJECT]

    def apply(self, resources: Resources) -> str:
        """Bring the stack to these resources; the status that it ends in."""
        template = {"Resources": resources}
        if self.engine.find("contract"):
            return self.engine.update("contract", template).status
        return self.engine.create("contract", template).status

    def delete(self) -> str:
        """Delete the stack, if there is one; the status that it ends in."""
        stack = self.engine.delete("contract")
        return stack.status if stack else "DELETE_COMPLETE"

    def reasons(self) -> list[str]:
        """What went wrong, from the events."""
        return [
            f"{event.logical_id} {event.status}: {event.reason}"
            for stack in self.engine.stacks.values()
            for event in stack.events
            if event.status.endswith("FAILED")
        ]


def plain(value: Any) -> Any:
    """A value without the differences that mean nothing: order of sets, text for numbers, empty for absent."""
    if isinstance(value, Mapping):
        members = {name: plain(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member is not None} or None
    if isinstance(value, list):
        return sorted((plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True)) or None
    if isinstance(value, bool):
        return str(value).lower()
    return None if value in ("", None) else str(value)


def expected(case: Case, properties: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    """What the service must show: the properties as the stack applied them, and defaults for the rest."""
    return {
        name: plain(properties.get(name, case.defaults.get(name)))
        for name in ({*shown, *case.defaults} - case.derived | {*properties}) - case.unread
    }
