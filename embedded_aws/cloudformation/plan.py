"""What an update would do to each resource: plain data, made from properties that may not be known yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from embedded_aws.cloudformation.intrinsics import is_pending
from embedded_aws.resource_rules import Recreation, ResourceRules, changed_paths


class Action(Enum):
    """What happens to a resource."""

    ADD = "Add"
    MODIFY = "Modify"
    REPLACE = "Replace"
    REMOVE = "Remove"
    KEEP = "Keep"


@dataclass(frozen=True, kw_only=True)
class PropertyChange:
    """One property that differs.

    Args:
        path: where, `/` between names.
        recreation: what its change asks for.
        pending: its new value comes from a resource that does not exist yet.
        cause: that resource, or its attribute.
        before, after: the values of the whole top property; None where there is none.
    """

    path: str
    recreation: Recreation
    pending: bool
    before: Any
    after: Any
    cause: str | None = None

    @property
    def name(self) -> str:
        return self.path.split("/", maxsplit=1)[0]


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """What happens to one resource, and why.

    Args:
        properties: those that differ.
        attributes: which of DeletionPolicy, UpdateReplacePolicy and Metadata differ.
        policy: for what goes away, whether it is deleted or retained.
        before, after: all properties, for a change set that shows them.
    """

    logical_id: str
    type_name: str
    action: Action
    physical_id: str | None = None
    properties: tuple[PropertyChange, ...] = ()
    attributes: tuple[str, ...] = ()
    policy: str | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None

    @property
    def certain(self) -> bool:
        """Whether a replacement is sure: a value not known yet may turn out to be the old one."""
        return any(change.recreation == "Always" and not change.pending for change in self.properties)


def property_changes(
    rules: ResourceRules, old: Mapping[str, Any], new: Mapping[str, Any]
) -> tuple[PropertyChange, ...]:
    """The properties that differ, each with what its change asks for; a pending value counts as different."""
    return tuple(
        PropertyChange(
            path=path,
            recreation=rules.recreation(path),
            pending=is_pending(new.get(path.split("/", maxsplit=1)[0])),
            before=old.get(path.split("/", maxsplit=1)[0]),
            after=new.get(path.split("/", maxsplit=1)[0]),
        )
        for path in sorted(changed_paths(old, new))
    )


def action_of(changes: tuple[PropertyChange, ...], attributes: tuple[str, ...] = ()) -> Action:
    """What the changed properties amount to: whatever may need a new resource gets one."""
    if any(change.recreation != "Never" for change in changes):
        return Action.REPLACE
    return Action.MODIFY if changes or attributes else Action.KEEP


def fixed_name(rules: ResourceRules, old: Mapping[str, Any], new: Mapping[str, Any]) -> str | None:
    """The name that stands in the way of a replacement: given by the template, and the same as before."""
    if rules.fixed_name_property is None:
        return None
    before, after = (_at(properties, rules.fixed_name_property) for properties in (old, new))
    return str(after) if after is not None and before == after else None


def _at(properties: Any, path: str) -> Any:
    for name in path.split("/"):
        if not isinstance(properties, Mapping):
            return None
        properties = properties.get(name)
    return properties


def with_stack_tags(
    rules: ResourceRules, properties: Mapping[str, Any], stack_tags: Mapping[str, str]
) -> Mapping[str, Any]:
    """The properties with the stack's tags added where the type can be tagged; the resource's own tags win.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-add-tags.html
    """
    if not stack_tags or rules.tag_property is None:
        return properties
    own = properties.get(rules.tag_property)
    if rules.tags_are_a_map:
        return {**properties, rules.tag_property: {**stack_tags, **(own or {})}}
    own = own or []
    taken = {tag.get("Key") for tag in own if isinstance(tag, Mapping)}
    added = [{"Key": key, "Value": value} for key, value in stack_tags.items() if key not in taken]
    return {**properties, rules.tag_property: [*own, *added]}
