"""Checking a resource's properties against its schema: names that do not exist, names that are missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from embedded_aws.resource_rules.rules import ResourceRules


def property_findings(rules: ResourceRules, properties: Mapping[str, Any]) -> tuple[str, ...]:
    """What CloudFormation would say about the names of these properties, nested ones included.

    Intrinsic functions are passed over: what they give is not known yet.
    """
    return tuple(_findings(rules.schema, rules.schema, properties, "#", read_only=_read_only(rules)))


def _read_only(rules: ResourceRules) -> frozenset[str]:
    return frozenset(rules.schema["properties"]) - rules.properties


def _findings(
    node: Mapping[str, Any], root: Mapping[str, Any], value: Any, where: str, read_only: frozenset[str] = frozenset()
) -> Iterator[str]:
    node = _resolved(node, root)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _findings(node.get("items", {}), root, item, f"{where}/{index}")
    elif isinstance(value, Mapping) and not _is_function(value):
        known = node.get("properties", {})
        closed = node.get("additionalProperties") is False and not node.get("patternProperties")
        for name, member in value.items():
            if name in read_only:
                yield f"{where}: read-only property [{name}] is not permitted"
            elif name in known:
                yield from _findings(known[name], root, member, f"{where}/{name}")
            elif closed and known:
                yield f"{where}: extraneous key [{name}] is not permitted"
        for name in node.get("required", []):
            if name not in value:
                yield f"{where}: required key [{name}] not found"


def _resolved(node: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference such as `#/definitions/Tag`."""
    while "$ref" in node:
        target: Any = root
        for name in node["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        node = target
    return node


def _is_function(value: Mapping[str, Any]) -> bool:
    """`{"Ref": ...}` or `{"Fn::...": ...}`: a single key that is no property."""
    if len(value) != 1:
        return False
    name = next(iter(value))
    return name == "Ref" or str(name).startswith("Fn::")
