"""An architecture as a plan that can be drawn: which panel stands where, and what is said below it."""

from __future__ import annotations

from collections.abc import Mapping

from mlproject.architecture.model import KEY, NETWORK, Architecture, StackContent, Thing
from mlproject.drawing import Mark, Node, Panel, Plan

# Who works on the left, what is worked on to the right; stacks that are not named here stand below.
_COLUMNS = {"notebooks": 0, "emr": 1, "pipeline": 1, "storage": 2}
_ORDER = ("notebooks", "emr", "pipeline", "storage", "operations")
_LAST = "network"
_MARKS = (
    Mark(name=KEY, shape="lock", meaning="encrypted with a key of these stacks"),
    Mark(name=NETWORK, shape="shield", meaning="in the private subnets"),
)
_NOTE = (
    "An arrow shows who acts on what, by the roles, addresses, events and ports in the templates; "
    "several of one kind run together."
)


def plan_of(architecture: Architecture, *, title: str) -> Plan:
    """Arrange an architecture in panels."""
    stacks = sorted(architecture.stacks, key=_position)
    panels = [_panel(stack) for stack in stacks]
    if architecture.outside:
        nodes = tuple(_node(thing) for thing in architecture.outside)
        panels.append(Panel(title="exists already", nodes=nodes, column=_COLUMNS["storage"]))
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
        title=stack.name,
        nodes=tuple(_node(thing) for thing in stack.things),
        more=more_of(stack.others, drawn=bool(stack.things)),
        column=_COLUMNS.get(_short(stack)),
    )


def _node(thing: Thing) -> Node:
    return Node(id=thing.id, type=thing.type, name=thing.name, detail=thing.detail, marks=thing.marks)


def more_of(others: Mapping[str, int], *, drawn: bool = True) -> str:
    """The resources that are not drawn, counted, in a sentence."""
    if not others:
        return ""
    counted = (
        f"{number}\N{NO-BREAK SPACE}{type_name.removeprefix('AWS::').replace('::', ' ')}"
        for type_name, number in others.items()
    )
    return f"{'and ' if drawn else ''}{sum(others.values())} more: {', '.join(counted)}"
