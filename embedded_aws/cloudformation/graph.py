"""Dependencies between the resources of a template, and the order of their creation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.intrinsics import SUB_VARIABLE
from embedded_aws.cloudformation.template import ResourceDefinition


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A place where a template names a parameter or a resource; with `attribute` it is a Fn::GetAtt."""

    name: str
    attribute: str | None = None


def references(node: Any) -> Iterator[Reference]:
    """Every Ref, Fn::GetAtt and variable of Fn::Sub inside an expression, in branches not taken too."""
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, Mapping):
        for key, member in node.items():
            yield from _references_of(key, member, alone=len(node) == 1)


def _references_of(key: str, member: Any, *, alone: bool) -> Iterator[Reference]:
    if alone and key == "Ref" and isinstance(member, str):
        yield Reference(name=member)
    elif alone and key == "Fn::GetAtt":
        yield from _attribute(member)
    elif alone and key == "Fn::Sub":
        yield from _variables(member)
    else:
        yield from references(member)


def _attribute(member: Any) -> Iterator[Reference]:
    parts = member.split(".", maxsplit=1) if isinstance(member, str) else member
    if not isinstance(parts, list) or len(parts) != 2 or not isinstance(parts[0], str):
        raise CloudFormationError("Template error: every Fn::GetAtt object requires two non-empty parameters")
    yield Reference(name=parts[0], attribute=parts[1] if isinstance(parts[1], str) else "")
    yield from references(parts[1])


def _variables(member: Any) -> Iterator[Reference]:
    text, own = member if isinstance(member, list) and len(member) == 2 else (member, {})
    if not isinstance(text, str) or not isinstance(own, Mapping):
        raise CloudFormationError(
            "Template error: every Fn::Sub object requires a text, or a list of a text and an object"
        )
    yield from references(own)
    for variable in SUB_VARIABLE.findall(text):
        name, _, attribute = variable.strip().partition(".")
        if variable.strip() not in own:
            yield Reference(name=name, attribute=attribute or None)


def find_dependencies(resources: Mapping[str, ResourceDefinition]) -> dict[str, frozenset[str]]:
    """For each resource, those that it names or lists in DependsOn, as far as they are among these."""
    return {
        logical_id: frozenset(
            name
            for name in (*definition.depends_on, *(found.name for found in references(definition.properties)))
            if name in resources
        )
        for logical_id, definition in resources.items()
    }


def creation_order(dependencies: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Each after its dependencies; the same input gives the same order.

    Raises:
        CloudFormationError: resources need each other, named.
    """
    sorter = TopologicalSorter({name: sorted(needed) for name, needed in dependencies.items()})
    try:
        return tuple(sorter.static_order())
    except CycleError as error:
        names = ", ".join(dict.fromkeys(error.args[1]))
        raise CloudFormationError(f"Circular dependency between resources: [{names}]") from error
