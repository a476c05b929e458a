"""Compare the permissions of two versions of a project's templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from mlproject.review.statements import Permission, Template, read_owners, read_permissions

Condition = tuple[str, str, frozenset[str]]
# Operators that hold if any of the values matches: fewer values are stricter. For their negations, more values are.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
_MATCHING = frozenset({"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike", "IpAddress"})
_NOT_MATCHING = frozenset(
    {"StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike", "ArnNotEquals", "ArnNotLike", "NotIpAddress"}
)


class Direction(StrEnum):
    """What happens to a permission, the most important first."""

    WIDENED = "widened"
    NEW = "new"
    NARROWED = "narrowed"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True)
class PermissionChange:
    """Permissions of an owner that changed in the same way.

    Args:
        direction: `new` and `removed` are permissions of a role or resource that is itself new or removed.
        owner: the role or resource that the policy belongs to.
        reason: such as `new action`; a removed Deny statement widens too.
        effect: `Allow` or `Deny`.
        principals: who may act; empty for a policy of a role.
        actions: the actions, sorted.
        resources: the resources, sorted.
        conditions: the conditions of the statement, as sentences.
    """

    direction: Direction
    owner: str
    reason: str
    effect: str
    principals: tuple[str, ...]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[str, ...]


def compare_permissions(before: Mapping[str, Template], after: Mapping[str, Template]) -> tuple[PermissionChange, ...]:
    """Return the changes of all policies, widened permissions first.

    A permission that cannot be compared, such as one with NotAction, counts as widened if it is not the same as before.

    Args:
        before: templates by the path of their stack.
        after: the same stacks after the change.
    """
    old, new = read_permissions(before), read_permissions(after)
    old_owners, new_owners = read_owners(before), read_owners(after)
    found: dict[tuple[Direction, str, str, Permission], list[Permission]] = {}

    def add(direction: Direction, reason: str, permission: Permission) -> None:
        key = Permission(
            owner=permission.owner,
            effect=permission.effect,
            principal=permission.principal,
            action="",
            resource=permission.resource,
            conditions=permission.conditions,
        )
        found.setdefault((direction, permission.owner, reason, key), []).append(permission)

    for permission in _uncovered(new, old):
        if permission.owner not in old_owners:
            add(Direction.NEW, "new role or resource", permission)
        elif permission.effect == "Allow":
            add(Direction.WIDENED, _reason(permission, old, word="new"), permission)
        else:
            add(Direction.NARROWED, "new Deny", permission)
    for permission in _uncovered(old, new):
        if permission.owner not in new_owners:
            add(Direction.REMOVED, "removed role or resource", permission)
        elif permission.effect == "Allow":
            add(Direction.NARROWED, _reason(permission, new, word="removed"), permission)
        else:
            add(Direction.WIDENED, "removed Deny", permission)
    order = list(Direction)
    merged = _merged(_change(key, permissions) for key, permissions in found.items())
    return tuple(
        sorted(merged, key=lambda each: (order.index(each.direction), each.owner, each.actions, each.resources))
    )


def _uncovered(permissions: Iterable[Permission], others: Iterable[Permission]) -> list[Permission]:
    by_owner: dict[tuple[str, str], list[Permission]] = {}
    for other in others:
        by_owner.setdefault((other.owner, other.effect), []).append(other)
    return [
        each
        for each in permissions
        if not any(_covers(other, each) for other in by_owner.get((each.owner, each.effect), ()))
    ]


def _covers(wide: Permission, narrow: Permission) -> bool:
    """Whether everything that a permission allows is also allowed by another one."""
    return _covers_without_conditions(wide, narrow) and all(
        any(_is_stricter(inner, outer) for inner in narrow.conditions) for outer in wide.conditions
    )


def _covers_without_conditions(wide: Permission, narrow: Permission) -> bool:
    return (
        wide.principal in {narrow.principal, "*"}
        and _matches(wide.action.lower(), narrow.action.lower())
        and _matches(wide.resource, narrow.resource)
    )


def _is_stricter(inner: Condition, outer: Condition) -> bool:
    """Whether a condition holds only if another one of the same operator and key holds."""
    if inner[:2] != outer[:2]:
        return False
    operator = outer[0].rpartition(":")[2].removesuffix("IfExists")
    if operator in _MATCHING:
        return inner[2] <= outer[2]
    if operator in _NOT_MATCHING:
        return inner[2] >= outer[2]
    return inner[2] == outer[2]


def _matches(pattern: str, text: str) -> bool:
    """Whether a pattern with `*` and `?` matches every string that another pattern matches."""
    if pattern.startswith("all except ") or text.startswith("all except "):
        return pattern in {text, "*"}
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # A `?` stands for one character, but the `*` of another pattern for any number of them.
    escaped = {"*": ".*", "?": "[^*]"}
    return re.compile("".join(escaped.get(character, re.escape(character)) for character in pattern), re.DOTALL)


def _reason(permission: Permission, others: Iterable[Permission], *, word: str) -> str:
    """Return which part of a permission the other version lacks."""
    same = [each for each in others if (each.owner, each.effect) == (permission.owner, permission.effect)]
    if any(_covers_without_conditions(each, permission) for each in same):
        return "fewer or other conditions" if word == "new" else "more or other conditions"
    if any(_matches(each.action.lower(), permission.action.lower()) for each in same):
        is_known = any(
            _matches(each.action.lower(), permission.action.lower()) and _matches(each.resource, permission.resource)
            for each in same
        )
        return f"{word} principal" if is_known else f"{word} resource"
    return f"{word} action"


def _change(key: tuple[Direction, str, str, Permission], permissions: list[Permission]) -> PermissionChange:
    direction, owner, reason, shared = key
    return PermissionChange(
        direction=direction,
        owner=owner,
        reason=reason,
        effect=shared.effect,
        principals=(shared.principal,) if shared.principal else (),
        actions=tuple(sorted({each.action for each in permissions})),
        resources=(shared.resource,) if shared.resource else (),
        conditions=tuple(
            sorted(f"{key} {operator} {', '.join(sorted(values))}" for operator, key, values in shared.conditions)
        ),
    )


def _merged(changes: Iterable[PermissionChange]) -> list[PermissionChange]:
    """Join changes that differ only in their resources."""
    by_rest: dict[tuple[object, ...], list[PermissionChange]] = {}
    for each in changes:
        rest = (each.direction, each.owner, each.reason, each.effect, each.principals, each.actions, each.conditions)
        by_rest.setdefault(rest, []).append(each)
    return [
        PermissionChange(
            direction=group[0].direction,
            owner=group[0].owner,
            reason=group[0].reason,
            effect=group[0].effect,
            principals=group[0].principals,
            actions=group[0].actions,
            resources=tuple(sorted(resource for each in group for resource in each.resources)),
            conditions=group[0].conditions,
        )
        for group in by_rest.values()
    ]
