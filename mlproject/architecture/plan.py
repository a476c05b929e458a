"""Arrange an architecture in the panels of a plan."""

from __future__ import annotations

from collections.abc import Mapping

from mlproject.architecture.model import KEY, NETWORK, Architecture, ResourceNode, StackContent
from mlproject.drawing import Mark, Node, Panel, Plan
from mlproject.translation import Message

# Stacks that act are on the left, stacks that they act on on the right. All others are below.
_COLUMNS = {"notebooks": 0, "emr": 1, "emr-serverless": 1, "pipeline": 1, "storage": 2}
_ORDER = ("notebooks", "emr", "emr-serverless", "pipeline", "storage", "serving", "operations")
_LAST = "network"
_MARKS = (
    Mark(name=KEY, shape="lock", meaning=Message("encrypted with a key of these stacks")),
    Mark(name=NETWORK, shape="shield", meaning=Message("in the private subnets")),
)
_NOTE = Message(
    "Arrows show links from the roles, targets, events and ports in the templates. "
    "Arrows with the same label and target are merged."
)


def build_plan(architecture: Architecture, *, title: str) -> Plan:
    """Return a plan with a panel for each stack and one for external resources."""
    stacks = sorted(architecture.stacks, key=_position)
    panels = [_panel(stack) for stack in stacks]
    if architecture.outside:
        nodes = tuple(_node(node) for node in architecture.outside)
        panels.append(Panel(title=Message("exists already"), nodes=nodes, column=_COLUMNS["storage"]))
    return Plan(title=title, panels=tuple(panels), links=architecture.links, marks=_MARKS, note=_NOTE)


def _position(stack: StackContent) -> tuple[int, str]:
    short = _short(stack)
    if short == _LAST:
        return len(_ORDER) + 1, short
    return (_ORDER.index(short) if short in _ORDER else len(_ORDER)), short


def _short(stack: StackContent) -> str:
    return stack.name.rsplit("/", maxsplit=1)[-1]


def _panel(stack: StackContent) -> Panel:
    return Panel(
        title=stack.stack_name,
        nodes=tuple(_node(node) for node in stack.nodes),
        more=describe_others(stack.others, drawn=bool(stack.nodes)),
        column=_COLUMNS.get(_short(stack)),
    )


def _node(node: ResourceNode) -> Node:
    return Node(id=node.id, type=node.type, name=node.name, detail=node.detail, marks=node.marks)


def describe_others(others: Mapping[str, int], *, drawn: bool = True) -> str:
    """Return the number of resources that are not drawn, in total and by type."""
    if not others:
        return ""
    types = ", ".join(
        f"{number}\N{NO-BREAK SPACE}{type_name.removeprefix('AWS::').replace('::', ' ')}"
        for type_name, number in others.items()
    )
    number = sum(others.values())
    if drawn:
        return Message("and {number} more: {types}", number=number, types=types)
    return Message("{number} more: {types}", number=number, types=types)
