"""How the links of a plan run: along the tracks of a grid, around every node and text, never two on one track.

A bundle, the links to one target with one label, is a tree: the first link runs to the target, each further one to
the nearest point of those before it. Each is the cheapest way by Dijkstra's algorithm with an estimate (A*); bends
and crossings cost more than distance.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mlproject.drawing.placing import Rectangle
from mlproject.drawing.plan import Link

Track = tuple[int, int]
# A point, and the direction in which a way arrives there or leaves.
_State = tuple[Track, int]
# Right, down, left, up.
STEPS: tuple[Track, ...] = ((1, 0), (0, 1), (-1, 0), (0, -1))

_BEND = 5.0
_CROSSING = 4.0
_BESIDE = 0.6
_OFF_CENTRE = 0.35
# For a way that cannot but share a point of a track with another bundle's: better than none.
_SHARING = 80.0


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """The links to one target with one label, as they run.

    Args:
        ways: one for each source: the corners from the source to the target, or to another way of the bundle.
        joints: where a way meets another one.
    """

    target: str
    label: str
    sources: tuple[str, ...]
    ways: tuple[tuple[Track, ...], ...]
    joints: tuple[Track, ...]


def route(
    links: Iterable[Link], nodes: Mapping[str, Rectangle], *, width: int, height: int, texts: Sequence[Rectangle]
) -> tuple[Bundle, ...]:
    """Let every link run.

    Args:
        nodes: where they stand; lines end at their edges.
        width, height: of the grid, in tracks.
        texts: where no line may run.
    """
    grid = _Grid(width, height, [*nodes.values()], texts)
    bundles: dict[tuple[str, str], list[str]] = {}
    for link in links:
        bundles.setdefault((link.target, link.label), []).append(link.source)

    def length(item: tuple[tuple[str, str], list[str]]) -> tuple[int, tuple[str, str]]:
        (target, _), sources = item
        return max(_distance(nodes[source], nodes[target]) for source in sources), item[0]

    # Short ways first: they have the least choice.
    return tuple(_bundle(grid, nodes, *key, sources) for key, sources in sorted(bundles.items(), key=length))


def _distance(one: Rectangle, other: Rectangle) -> int:
    across = max(other.x - one.right, one.x - other.right, 0)
    return across + max(other.y - one.bottom, one.y - other.bottom, 0)


def _bundle(grid: _Grid, nodes: Mapping[str, Rectangle], target: str, label: str, sources: list[str]) -> Bundle:
    nearest = sorted(sources, key=lambda source: (_distance(nodes[source], nodes[target]), source))
    tree: set[Track] = set()
    ways: list[tuple[Track, ...]] = []
    joints: list[Track] = []
    for source in nearest:
        way = grid.way(nodes[source], nodes[target], tree)
        if way[-1] in tree:
            joints.append(way[-1])
        tree.update(way)
        ways.append(_corners(way))
    grid.take(ways)
    return Bundle(target=target, label=label, sources=tuple(nearest), ways=tuple(ways), joints=tuple(joints))


def _corners(way: Sequence[Track]) -> tuple[Track, ...]:
    kept = [way[0]]
    for before, here, after in zip(way, way[1:], way[2:], strict=False):
        if (here[0] - before[0], here[1] - before[1]) != (after[0] - here[0], after[1] - here[1]):
            kept.append(here)
    return (*kept, way[-1])


def between(start: Track, end: Track) -> Iterator[Track]:
    """Every track point on a straight line, both ends included."""
    (x1, y1), (x2, y2) = start, end
    step_x, step_y = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
    for index in range(abs(x2 - x1) + abs(y2 - y1) + 1):
        yield x1 + index * step_x, y1 + index * step_y


@dataclass
class _Grid:
    """Which points are free for which direction."""

    width: int
    height: int
    nodes: list[Rectangle]
    texts: Sequence[Rectangle]
    _blocked: set[Track] = field(default_factory=set)
    _across: set[Track] = field(default_factory=set)
    _upright: set[Track] = field(default_factory=set)

    def __post_init__(self) -> None:
        for thing in (*self.nodes, *self.texts):
            self._blocked.update(
                (x, y) for x in range(thing.x, thing.right + 1) for y in range(thing.y, thing.bottom + 1)
            )

    def take(self, ways: Iterable[Sequence[Track]]) -> None:
        """Note what a bundle covers: its corners, ends and joints in both directions, so that none crosses there."""
        for way in ways:
            for start, end in itertools.pairwise(way):
                points = set(between(start, end))
                (self._across if start[1] == end[1] else self._upright).update(points)
                for point in (start, end):
                    self._across.add(point)
                    self._upright.add(point)

    def way(self, source: Rectangle, target: Rectangle, tree: set[Track]) -> list[Track]:
        """The cheapest way from one node to another, or to what runs there already."""
        ends = {(point, (direction + 2) % 4): cost for point, direction, cost in _ports(target)}
        goal_x = [x for (x, _), _ in ends] + [x for x, _ in tree]
        goal_y = [y for (_, y), _ in ends] + [y for _, y in tree]
        left, right, top, bottom = min(goal_x), max(goal_x), min(goal_y), max(goal_y)

        def estimate(point: Track) -> int:
            x, y = point
            return max(left - x, x - right, 0) + max(top - y, y - bottom, 0)

        best: dict[_State, float] = {}
        came: dict[_State, _State | None] = {}
        queue: list[tuple[float, float, _State]] = []

        def reach(state: _State, cost: float, before: _State | None) -> None:
            if cost < best.get(state, float("inf")):
                best[state] = cost
                came[state] = before
                heapq.heappush(queue, (cost + estimate(state[0]), cost, state))

        for point, direction, cost in _ports(source):
            reach((point, direction), cost, None)
        while queue:
            _, cost, state = heapq.heappop(queue)
            if cost > best[state]:
                continue
            point, direction = state
            arrived = (point in tree and came[state] is not None) or (state in ends and came[state] is not None)
            if arrived:
                return _walked(came, state)
            x, y = point
            step_x, step_y = STEPS[direction]
            ahead = (x + step_x, y + step_y)
            price = self._price(ahead, direction, tree, ends)
            if price is not None:
                reach((ahead, direction), cost + price, state)
            if came[state] is not None:
                for turned in ((direction + 1) % 4, (direction + 3) % 4):
                    reach((point, turned), cost + _BEND, state)
        raise ValueError("a node of the plan is walled in")

    def _price(self, point: Track, direction: int, tree: set[Track], ends: Mapping[_State, float]) -> float | None:
        """What a step to a point costs; None where there is no way."""
        x, y = point
        if not (0 < x < self.width and 0 < y < self.height):
            return None
        if point in tree:
            return 1.0
        price = 1.0
        if point in self._blocked:
            if (point, direction) not in ends:
                return None
            price += ends[point, direction]
        horizontal = direction % 2 == 0
        along, crossed = (self._across, self._upright) if horizontal else (self._upright, self._across)
        if point in along:
            price += _SHARING
        if point in crossed:
            price += _CROSSING
        beside = ((x, y - 1), (x, y + 1)) if horizontal else ((x - 1, y), (x + 1, y))
        return price + _BESIDE * sum(neighbour in along for neighbour in beside)


def _ports(node: Rectangle) -> Iterator[tuple[Track, int, float]]:
    """Where lines may leave a node: the point, the direction outwards, and what it costs to be off the middle."""
    for y in range(node.y + 1, node.bottom):
        cost = _OFF_CENTRE * abs(2 * y - node.y - node.bottom)
        yield (node.right, y), 0, cost
        yield (node.x, y), 2, cost
    for x in range(node.x + 2, node.right - 1):
        cost = _OFF_CENTRE / 2 * abs(2 * x - node.x - node.right)
        yield (x, node.bottom), 1, cost
        yield (x, node.y), 3, cost


def _walked(came: Mapping[_State, _State | None], state: _State) -> list[Track]:
    way: list[Track] = []
    current: _State | None = state
    while current is not None:
        if not way or way[-1] != current[0]:
            way.append(current[0])
        current = came[current]
    return way[::-1]
