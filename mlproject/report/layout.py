"""A layered layout of a graph, without overlaps. Pure geometry."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

Edges = Mapping[str, tuple[str, ...]]
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """The upper left corner and the size of a step's box, in pixels."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Arrow:
    """A line from one step to another.

    Args:
        points: (start, end) pairs, one for each gap between two layers that the line crosses.
    """

    source: str
    target: str
    points: tuple[tuple[Point, Point], ...]


@dataclass(frozen=True)
class Drawing:
    """A graph laid out in layers."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True)
class Spacing:
    """Sizes in pixels: of a box, of the gap between layers, and of the space between neighbours in a layer."""

    width: float
    height: float
    gap: float
    space: float


@dataclass(frozen=True)
class _VirtualNode:
    """The point at which an arrow passes through a layer to a later one."""

    source: str
    target: str
    layer: int


_Item = str | _VirtualNode
_SWEEPS = 4


def compute_layout(edges: Edges, *, spacing: Spacing, downwards: bool) -> Drawing:
    """Place each step in the layer after its last dependency, so that no two overlap.

    Args:
        edges: the result of `reduce_dependencies`.
        downwards: whether the layers run from top to bottom instead of from left to right.
    """
    layers = _ordered(_layers(edges), edges)
    along, across = (spacing.height, spacing.width) if downwards else (spacing.width, spacing.height)
    breadths = [sum(_breadth(item, across) for item in layer) + spacing.space * (len(layer) - 1) for layer in layers]
    breadth = max(breadths, default=0.0)
    middles: dict[_Item, Point] = {}
    for index, layer in enumerate(layers):
        edge = (breadth - breadths[index]) / 2
        for item in layer:
            size = _breadth(item, across)
            middles[item] = (index * (along + spacing.gap) + along / 2, edge + size / 2)
            edge += size + spacing.space

    def rotated(point: Point) -> Point:
        return (point[1], point[0]) if downwards else point

    def arrow(parent: str, child: str) -> Arrow:
        stops: list[_Item] = [parent, *_virtual_nodes(parent, child, layers), child]
        pairs = [
            (
                rotated((middles[first][0] + along / 2, middles[first][1])),
                rotated((middles[second][0] - along / 2, middles[second][1])),
            )
            for first, second in itertools.pairwise(stops)
        ]
        return Arrow(parent, child, tuple(pairs))

    boxes = tuple(
        Box(name, x - spacing.width / 2, y - spacing.height / 2, spacing.width, spacing.height)
        for name in edges
        for x, y in [rotated(middles[name])]
    )
    length = max(len(layers) * (along + spacing.gap) - spacing.gap, 0.0)
    width, height = rotated((length, breadth))
    arrows = tuple(arrow(parent, child) for child, needed in edges.items() for parent in needed)
    return Drawing(width, height, boxes, arrows)


def _breadth(item: _Item, across: float) -> float:
    """Return the breadth of an item; an arrow needs less space than a step."""
    return across if isinstance(item, str) else across / 4


def _layers(edges: Edges) -> list[list[_Item]]:
    """Return the steps by distance from the start, with a virtual node in each layer that an arrow skips."""
    depth: dict[str, int] = {}
    for name, needed in edges.items():
        depth[name] = max((depth[parent] + 1 for parent in needed), default=0)
    layers: list[list[_Item]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name, needed in edges.items():
        layers[depth[name]].append(name)
        for parent in needed:
            for layer in range(depth[parent] + 1, depth[name]):
                layers[layer].append(_VirtualNode(parent, name, layer))
    return layers


def _virtual_nodes(parent: str, child: str, layers: list[list[_Item]]) -> list[_VirtualNode]:
    return [
        item
        for layer in layers
        for item in layer
        if isinstance(item, _VirtualNode) and (item.source, item.target) == (parent, child)
    ]


def _ordered(layers: list[list[_Item]], edges: Edges) -> list[list[_Item]]:
    """Reorder each layer by the positions of its neighbours, forwards and backwards, so that fewer lines cross."""
    before = _neighbours(layers, edges)
    after: dict[_Item, list[_Item]] = {}
    for item, sources in before.items():
        for source in sources:
            after.setdefault(source, []).append(item)
    for sweep in range(_SWEEPS):
        forwards = sweep % 2 == 0
        near = before if forwards else after
        sequence = range(1, len(layers)) if forwards else range(len(layers) - 2, -1, -1)
        for index in sequence:
            fixed = layers[index - 1 if forwards else index + 1]
            place = {item: position / max(len(fixed) - 1, 1) for position, item in enumerate(fixed)}
            layers[index] = _by_mean(layers[index], near, place)
    return layers


def _by_mean(layer: list[_Item], near: Mapping[_Item, list[_Item]], place: Mapping[_Item, float]) -> list[_Item]:
    weights = {
        item: fmean([place[other] for other in near.get(item, [])] or [position / max(len(layer) - 1, 1)])
        for position, item in enumerate(layer)
    }
    return sorted(layer, key=weights.__getitem__)


def _neighbours(layers: list[list[_Item]], edges: Edges) -> dict[_Item, list[_Item]]:
    """Return the items in the previous layer that each item is connected to."""
    layer_of: dict[_Item, int] = {item: index for index, layer in enumerate(layers) for item in layer}

    def previous(parent: str, child: str, layer: int) -> _Item:
        return parent if layer_of[parent] == layer - 1 else _VirtualNode(parent, child, layer - 1)

    neighbours: dict[_Item, list[_Item]] = {}
    for item, layer in layer_of.items():
        if isinstance(item, _VirtualNode):
            neighbours[item] = [previous(item.source, item.target, layer)]
        else:
            neighbours[item] = [previous(parent, item, layer) for parent in edges[item]]
    return neighbours
