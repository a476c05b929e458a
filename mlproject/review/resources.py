"""Compare the resources of two versions of a template, with AWS's rules about replacements and interruptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from embedded_aws.resource_rules import UnknownTypeError, changed_paths, resource_rules
from mlproject.review.statements import Template, as_text

Resource = Mapping[str, Any]
# Attributes of a resource, beside its properties, that determine what happens to its data.
_POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")
_RETAINED = frozenset({"Retain", "RetainExceptOnCreate", "Snapshot"})


class Action(StrEnum):
    """What a deployment does to a resource, the most severe first."""

    DESTROY = "destroyed"
    REPLACE = "replaced"
    RETAIN = "left behind"
    STOP = "stopped"
    CHANGE = "changed"
    ADD = "added"


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """The change of a resource.

    Args:
        stack: path of the stack, such as `dev/flights/emr`.
        action: what a deployment does to the resource.
        type: such as `AWS::EMR::Cluster`.
        name: its name in AWS if the template contains it, otherwise its logical ID.
        because: the changed properties, sorted; those that cause a replacement or a stop.
    """

    stack: str
    action: Action
    type: str
    name: str
    because: tuple[str, ...] = ()


def compare_resources(
    before: Mapping[str, Template], after: Mapping[str, Template], *, region: str
) -> tuple[ResourceChange, ...]:
    """Return the changed resources, the most severe action first.

    A stack that no longer exists after the change is not compared: a deployment leaves it as it is.

    Args:
        before: templates by the path of their stack.
        after: the templates after the change.
        region: region whose resource schemas apply.
    """
    found = [
        change
        for stack, template in after.items()
        for change in _compare_stack(stack, before.get(stack, {}), template, region=region)
    ]
    order = list(Action)
    return tuple(sorted(found, key=lambda each: (order.index(each.action), each.stack, each.type, each.name)))


def _compare_stack(stack: str, before: Template, after: Template, *, region: str) -> Iterator[ResourceChange]:
    old, new = before.get("Resources", {}), after.get("Resources", {})
    for logical_id in old.keys() - new.keys():
        retained = old[logical_id].get("DeletionPolicy") in _RETAINED
        action = Action.RETAIN if retained else Action.DESTROY
        yield _resource_change(stack, action, logical_id, old[logical_id], region=region)
    for logical_id in new.keys() - old.keys():
        yield _resource_change(stack, Action.ADD, logical_id, new[logical_id], region=region)
    replaced = _replaced(old, new, region=region)
    for logical_id in old.keys() & new.keys():
        paths = _paths(old[logical_id], new[logical_id], replaced - {logical_id})
        if logical_id in replaced:
            is_same_type = old[logical_id]["Type"] == new[logical_id]["Type"]
            because = _replacing(new[logical_id], paths, region=region) if is_same_type else {"Type"}
            yield _resource_change(stack, Action.REPLACE, logical_id, old[logical_id], region=region, because=because)
        elif paths:
            stopping = _interrupting(new[logical_id], paths, region=region)
            action = Action.STOP if stopping else Action.CHANGE
            yield _resource_change(stack, action, logical_id, new[logical_id], region=region, because=stopping or paths)


def _replaced(old: Mapping[str, Resource], new: Mapping[str, Resource], *, region: str) -> frozenset[str]:
    """Return the logical IDs of replaced resources, including those that name a replaced one where it is fixed."""
    replaced: frozenset[str] = frozenset()
    while True:
        found = frozenset(
            logical_id
            for logical_id in old.keys() & new.keys()
            if old[logical_id]["Type"] != new[logical_id]["Type"]
            or _replacing(
                new[logical_id], _paths(old[logical_id], new[logical_id], replaced - {logical_id}), region=region
            )
        )
        if found == replaced:
            return replaced
        replaced = found


def _paths(old: Resource, new: Resource, replaced: frozenset[str]) -> frozenset[str]:
    """Return the changed properties, including references to replaced resources, and changed deletion policies."""
    before, after = old.get("Properties", {}), new.get("Properties", {})
    referring = {name for name, value in after.items() if replaced & _referenced(value)}
    policies = {name for name in _POLICIES if old.get(name) != new.get(name)}
    return changed_paths(before, after) | referring | policies


def _referenced(value: Any) -> frozenset[str]:
    """Return the logical IDs that a value of a template refers to with Ref and Fn::GetAtt."""
    if isinstance(value, list):
        return frozenset[str]().union(*map(_referenced, value))
    if not isinstance(value, Mapping):
        return frozenset()
    if "Ref" in value:
        return frozenset({str(value["Ref"])})
    if "Fn::GetAtt" in value:
        target = value["Fn::GetAtt"]
        return frozenset({str(target[0] if isinstance(target, list) else target).partition(".")[0]})
    return frozenset[str]().union(*map(_referenced, value.values()))


def _replacing(resource: Resource, paths: frozenset[str], *, region: str) -> frozenset[str]:
    properties = paths.difference(_POLICIES)
    try:
        return resource_rules(resource["Type"], region=region).replacing(properties)
    except UnknownTypeError:
        return properties  # an unknown effect counts as a replacement


def _interrupting(resource: Resource, paths: frozenset[str], *, region: str) -> frozenset[str]:
    try:
        return resource_rules(resource["Type"], region=region).interrupting(paths.difference(_POLICIES))
    except UnknownTypeError:
        return frozenset()


def _resource_change(
    stack: str,
    action: Action,
    logical_id: str,
    resource: Resource,
    *,
    region: str,
    because: frozenset[str] | set[str] = frozenset(),
) -> ResourceChange:
    return ResourceChange(
        stack=stack,
        action=action,
        type=resource["Type"],
        name=_name(logical_id, resource, region=region),
        because=tuple(sorted(because)),
    )


def _name(logical_id: str, resource: Resource, *, region: str) -> str:
    try:
        path = resource_rules(resource["Type"], region=region).fixed_name_property
    except UnknownTypeError:
        return logical_id
    value: Any = resource.get("Properties", {})
    for part in (path or "").split("/"):
        value = value.get(part) if isinstance(value, Mapping) else None
    return as_text(value) if value else logical_id
