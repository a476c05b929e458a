"""The architecture of a project in an environment, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlproject.drawing import Link

# Names of marks.
KEY = "key"
NETWORK = "network"


@dataclass(frozen=True, kw_only=True)
class ResourceNode:
    """A drawn resource, or several resources of a type that are drawn as one.

    Args:
        id: unique ID: the stack's name and the first logical ID.
        type: label of the type, such as "S3 bucket".
        name: short name.
        detail: a fact that distinguishes it from other nodes of the type.
        marks: KEY if it is encrypted with a key of these stacks, NETWORK if it is in their subnets.
        resources: the logical IDs; empty for an external resource.
    """

    id: str
    type: str
    name: str
    detail: str = ""
    marks: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StackContent:
    """The resources of a stack.

    Args:
        name: display name, such as `dev/flights/storage`.
        stack_name: the name in AWS, such as `flights-dev-storage`.
        nodes: the drawn resources.
        types: number of resources by type.
        others: number of resources that are not drawn, by type.
    """

    name: str
    stack_name: str
    nodes: tuple[ResourceNode, ...]
    types: Mapping[str, int]
    others: Mapping[str, int]

    @property
    def resources(self) -> int:
        return sum(self.types.values())


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """The resources of a set of stacks, the external resources that they use, and the links between them.

    Args:
        outside: existing resources that the stacks use but do not create.
        links: links from roles, targets, rules and ports.
    """

    stacks: tuple[StackContent, ...]
    outside: tuple[ResourceNode, ...]
    links: tuple[Link, ...]
