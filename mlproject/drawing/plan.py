"""The content of a plan as frozen values: nodes in panels, and links between them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mlproject.translation import Message, translated


@dataclass(frozen=True, kw_only=True)
class Node:
    """A node of a plan.

    Args:
        id: unique ID in the plan.
        type: label of the type, such as "S3 bucket".
        name: short name.
        detail: a fact that distinguishes it from other nodes of the type.
        marks: the names of its marks.
    """

    id: str
    type: str
    name: str
    detail: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A group of nodes.

    Args:
        title: text above the nodes.
        more: text below the nodes, about resources that are not drawn.
        column: column from the left; None for a wide panel below all columns.
    """

    title: str
    nodes: tuple[Node, ...]
    more: str = ""
    column: int | None = None


@dataclass(frozen=True, kw_only=True, order=True)
class Link:
    """A link from one node to another.

    Args:
        source, target: IDs of nodes.
        label: a verb, such as "reads". Links with the same target and label are drawn as one arrow.
    """

    source: str
    target: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """An icon in the corner of a node, with a legend below the plan.

    Args:
        shape: `lock` or `shield`.
    """

    name: str
    shape: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A plan.

    Args:
        title: title for screen readers and browser tabs.
        note: text below the plan.
    """

    title: str
    panels: tuple[Panel, ...]
    links: tuple[Link, ...] = ()
    marks: tuple[Mark, ...] = ()
    note: str = ""


def narrow_plan(plan: Plan, *, note: str) -> Plan:
    """Return a plan for narrow screens: all panels in one column, and no links, which need space between columns.

    Args:
        note: text below the plan, such as where to find the links.
    """
    return replace(plan, panels=tuple(replace(panel, column=0) for panel in plan.panels), links=(), note=note)


def translate_plan(plan: Plan) -> Plan:
    """Return a plan whose messages are in the selected language. Names, which are no messages, stay as they are."""
    return replace(
        plan,
        title=_translate(plan.title),
        panels=tuple(_translate_panel(panel) for panel in plan.panels),
        links=tuple(replace(link, label=_translate(link.label)) for link in plan.links),
        marks=tuple(replace(mark, meaning=_translate(mark.meaning)) for mark in plan.marks),
        note=_translate(plan.note),
    )


def _translate_panel(panel: Panel) -> Panel:
    nodes = tuple(
        replace(node, type=_translate(node.type), name=_translate(node.name), detail=_translate(node.detail))
        for node in panel.nodes
    )
    return replace(panel, title=_translate(panel.title), more=_translate(panel.more), nodes=nodes)


def _translate(text: str) -> str:
    return translated(text) if isinstance(text, Message) else text
