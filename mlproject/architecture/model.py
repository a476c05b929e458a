"""What an environment of a project consists of, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlproject.drawing import Link

# Names of marks.
KEY = "key"
NETWORK = "network"


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A main resource, or several of a type that are drawn as one.

    Args:
        id: unique: the stack's name and the first logical id.
        type: in words: "S3 bucket".
        name: what people call it.
        detail: the one fact that tells it from others.
        marks: KEY if it is encrypted with a key of these stacks, NETWORK if it stands in their subnets.
        resources: the logical ids; empty for what exists already.
    """

    id: str
    type: str
    name: str
    detail: str = ""
    marks: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StackContent:
    """What a stack consists of.

    Args:
        name: such as `dev/flights/storage`.
        things: its main resources.
        types: how many resources of each type it has, all counted.
        others: the same for those that are not drawn.
    """

    name: str
    things: tuple[Thing, ...]
    types: Mapping[str, int]
    others: Mapping[str, int]

    @property
    def resources(self) -> int:
        return sum(self.types.values())


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """Everything that a set of stacks makes, what it uses besides, and who acts on what.

    Args:
        outside: what the stacks use and do not make: it exists already.
        links: from the things' roles, addresses, rules and ports.
    """

    stacks: tuple[StackContent, ...]
    outside: tuple[Thing, ...]
    links: tuple[Link, ...]
