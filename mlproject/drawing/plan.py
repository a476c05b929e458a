"""What a plan shows, as frozen values: things in panels, and links between them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Node:
    """A thing.

    Args:
        id: unique in the plan.
        type: what it is: "S3 bucket".
        name: what people call it.
        detail: the one fact that tells it from others of its type, or nothing.
        marks: the names of the plan's marks that it bears.
    """

    id: str
    type: str
    name: str
    detail: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Things that belong together.

    Args:
        title: above them.
        more: a sentence below them, on what is not drawn.
        column: where it stands, from the left; None for below the columns, as wide as all of them.
    """

    title: str
    nodes: tuple[Node, ...]
    more: str = ""
    column: int | None = None


@dataclass(frozen=True, kw_only=True, order=True)
class Link:
    """One thing does something with another.

    Args:
        source, target: ids of nodes.
        label: a verb, as in "reads": the links to one target with one label are drawn as one arrow.
    """

    source: str
    target: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A sign in a corner of a node, explained below the plan.

    Args:
        shape: `lock` or `shield`.
    """

    name: str
    shape: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A whole plan.

    Args:
        title: for whoever cannot see it, and for the tab of a browser.
        note: a sentence below it.
    """

    title: str
    panels: tuple[Panel, ...]
    links: tuple[Link, ...] = ()
    marks: tuple[Mark, ...] = ()
    note: str = ""
