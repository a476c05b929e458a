"""Differences between a template's properties and what a service shows of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class PropertyDifference:
    """A property that differs: its path, such as `/Instances/Ec2SubnetId`, and both values as text.

    Args:
        kind: ADD, REMOVE or NOT_EQUAL.
    """

    path: str
    expected: str
    actual: str
    kind: str


def find_differences(expected: Any, actual: Any, path: str) -> Iterator[PropertyDifference]:
    """Yield the innermost members that differ. A list differs as a whole, since its order rarely has a meaning."""
    left, right = _normalized(expected), _normalized(actual)
    if left == right or _is_same_resource(left, right):
        return
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        for name in dict.fromkeys([*expected, *actual]):
            yield from find_differences(expected.get(name), actual.get(name), f"{path}/{name}")
        return
    kind = "REMOVE" if right is None else "ADD" if left is None else "NOT_EQUAL"
    yield PropertyDifference(path=path, expected=_text(expected), actual=_text(actual), kind=kind)


def _normalized(value: Any) -> Any:
    """A value without meaningless differences: order of lists, text for numbers, empty or false for absent."""
    if isinstance(value, Mapping):
        members = {name: _normalized(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member is not None} or None
    if isinstance(value, list | tuple):
        items = [_normalized(item) for item in value]
        return sorted(items, key=lambda item: json.dumps(item, sort_keys=True)) or None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if value is True:
        return "true"
    return None if value in (None, "", False, "false") else str(value)


def _is_same_resource(expected: Any, actual: Any) -> bool:
    """Whether one value is the ARN of the resource that the other names, since services take both."""
    if not isinstance(expected, str) or not isinstance(actual, str):
        return False
    arn, name = (expected, actual) if expected.startswith("arn:") else (actual, expected)
    return arn.startswith("arn:") and arn.endswith((f"/{name}", f":{name}"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, sort_keys=True)
