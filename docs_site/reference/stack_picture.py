"""The picture of a stack: its resources, and those of other stacks to which links lead."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from mlproject.architecture import Architecture, StackContent, build_plan
from mlproject.drawing import Node, Plan, draw_plan

# Texts with a number that the architecture composes, such as "7 steps".
_COUNT = re.compile(r"(?:retained )?\d+ [A-Za-z ]+")


def draw_stack(architecture: Architecture, name: str, *, translate: Callable[[str], str]) -> str:
    """Return the picture of a stack as HTML that can be scrolled; empty if none of its resources is drawn.

    Args:
        architecture: that of all stacks.
        name: kind of the stack, such as `network`.
        translate: returns a text of the picture in the language of the page.
    """
    own = next((stack for stack in architecture.stacks if _kind(stack) == name), None)
    if own is None or not own.nodes:
        return ""
    title = own.stack_name
    plan = _translate(build_plan(_neighbourhood(architecture, own), title=title), translate)
    # A name of its own, since the page may have other pictures.
    drawn = draw_plan(plan, name=f"stack-{name}")
    return f'<div class="plan-frame" tabindex="0" role="group" aria-label="{title}">{drawn}</div>'


def _kind(stack: StackContent) -> str:
    return stack.name.rsplit("/", maxsplit=1)[-1]


def _neighbourhood(architecture: Architecture, own: StackContent) -> Architecture:
    """Return the stack with the nodes of others to which it has links, and without those links of others."""
    ids = {node.id for node in own.nodes}
    links = tuple(link for link in architecture.links if {link.source, link.target} & ids)
    linked = {end for link in links for end in (link.source, link.target)}
    others = (
        replace(stack, nodes=tuple(node for node in stack.nodes if node.id in linked), others={})
        for stack in architecture.stacks
        if stack is not own
    )
    return Architecture(
        stacks=(replace(own, others={}), *(stack for stack in others if stack.nodes)),
        outside=tuple(node for node in architecture.outside if node.id in linked),
        links=links,
    )


def _translate_node(node: Node, translate: Callable[[str], str]) -> Node:
    """Return a node with its type and its counts in the language; names are those of AWS."""
    name = translate(node.name) if _COUNT.fullmatch(node.name) else node.name
    detail = translate(node.detail) if _COUNT.fullmatch(node.detail) else node.detail
    return replace(node, type=translate(node.type), name=name, detail=detail)


def _translate(plan: Plan, translate: Callable[[str], str]) -> Plan:
    panels = tuple(
        replace(
            panel,
            title=translate(panel.title) if panel.title == "exists already" else panel.title,
            nodes=tuple(_translate_node(node, translate) for node in panel.nodes),
        )
        for panel in plan.panels
    )
    links = tuple(replace(link, label=translate(link.label)) for link in plan.links)
    marks = tuple(replace(mark, meaning=translate(mark.meaning)) for mark in plan.marks)
    return replace(plan, panels=panels, links=links, marks=marks, note=translate(plan.note))
