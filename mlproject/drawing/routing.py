"""Route the links of a plan along the tracks of a grid, around nodes and texts, with separate tracks for each bundle.

A bundle contains the links with the same target and label. It is a tree: the first link leads to the target, each
further one to the nearest point of the previous ones. A* finds the cheapest path of each; bends and crossings cost more
than distance.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mlproject.drawing.layout import Rectangle
from mlproject.drawing.plan import Link

Track = tuple[int, int]
# A point, and the direction in which a path arrives at it or leaves it.
_State = tuple[Track, int]
# Right, down, left, up.
STEPS: tuple[Track, ...] = ((1, 0), (0, 1), (-1, 0), (0, -1))

_BEND = 5.0
_CROSSING = 4.0
_BESIDE = 0.6
_OFF_CENTRE = 0.35
# For sharing a point of a track with another bundle, which is better than no path.
_SHARING = 80.0


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """The routed links with the same target and label.

    Args:
        paths: for each source, the corners to the target or to another path of the bundle.
        joints: the points at which a path meets another one.
    """

    target: str
    label: str
    sources: tuple[str, ...]
    paths: tuple[tuple[Track, ...], ...]
    joints: tuple[Track, ...]


def route_links(
    links: Iterable[Link], nodes: Mapping[str, Rectangle], *, width: int, height: int, texts: Sequence[Rectangle]
) -> tuple[Bundle, ...]:
    """Route every link.

    Args:
        nodes: the rectangles of the nodes by ID; lines end at their edges.
        width, height: the size of the grid in tracks.
        texts: rectangles that lines must not cross.
    """
    grid = _Grid(width, height, [*nodes.values()], texts)
    bundles: dict[tuple[str, str], list[str]] = {}
    for link in links:
        bundles.setdefault((link.target, link.label), []).append(link.source)

    def length(item: tuple[tuple[str, str], list[str]]) -> tuple[int, tuple[str, str]]:
        (target, _), sources = item
        return max(_distance(nodes[source], nodes[target]) for source in sources), item[0]

    # Short links first, since they have the fewest alternatives.
    return tuple(_bundle(grid, nodes, *key, sources) for key, sources in sorted(bundles.items(), key=length))


def _distance(one: Rectangle, other: Rectangle) -> int:
    across = max(other.x - one.right, one.x - other.right, 0)
    return across + max(other.y - one.bottom, one.y - other.bottom, 0)


def _bundle(grid: _Grid, nodes: Mapping[str, Rectangle], target: str, label: str, sources: list[str]) -> Bundle:
    nearest = sorted(sources, key=lambda source: (_distance(nodes[source], nodes[target]), source))
    tree: set[Track] = set()
    paths: list[tuple[Track, ...]] = []
    joints: list[Track] = []
    for source in nearest:
        path = grid.find_path(nodes[source], nodes[target], tree)
        if path[-1] in tree:
            joints.append(path[-1])
        tree.update(path)
        paths.append(_corners(path))
    grid.occupy(paths)
    return Bundle(target=target, label=label, sources=tuple(nearest), paths=tuple(paths), joints=tuple(joints))


def _corners(path: Sequence[Track]) -> tuple[Track, ...]:
    corners = [path[0]]
    for before, here, after in zip(path, path[1:], path[2:], strict=False):
        if (here[0] - before[0], here[1] - before[1]) != (after[0] - here[0], after[1] - here[1]):
            corners.append(here)
    return (*corners, path[-1])


def between(start: Track, end: Track) -> Iterator[Track]:
    """Yield every track point on a straight line, including both ends."""
    (x1, y1), (x2, y2) = start, end
    step_x, step_y = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
    for index in range(abs(x2 - x1) + abs(y2 - y1) + 1):
        yield x1 + index * step_x, y1 + index * step_y


@dataclass
class _Grid:
    """The points of the grid that are blocked or used, by direction."""

    width: int
    height: int
    nodes: list[Rectangle]
    texts: Sequence[Rectangle]
    _blocked: set[Track] = field(default_factory=set)
    _across: set[Track] = field(default_factory=set)
    _upright: set[Track] = field(default_factory=set)

    def __post_init__(self) -> None:
        for rectangle in (*self.nodes, *self.texts):
            self._blocked.update(
                (x, y)
                for x in range(rectangle.x, rectangle.right + 1)
                for y in range(rectangle.y, rectangle.bottom + 1)
            )

    def occupy(self, paths: Iterable[Sequence[Track]]) -> None:
        """Mark a bundle's points as used; corners, ends and joints in both directions, so that no line crosses them."""
        for path in paths:
            for start, end in itertools.pairwise(path):
                points = set(between(start, end))
                (self._across if start[1] == end[1] else self._upright).update(points)
                for point in (start, end):
                    self._across.add(point)
                    self._upright.add(point)

    def find_path(self, source: Rectangle, target: Rectangle, tree: set[Track]) -> list[Track]:
        """Return the cheapest path from one node to another, or to the bundle's existing paths."""
        ends = {(point, (direction + 2) % 4): cost for point, direction, cost in _ports(target)}
        goal_x = [x for (x, _), _ in ends] + [x for x, _ in tree]
        goal_y = [y for (_, y), _ in ends] + [y for _, y in tree]
        left, right, top, bottom = min(goal_x), max(goal_x), min(goal_y), max(goal_y)

        def estimate(point: Track) -> int:
            x, y = point
            return max(left - x, x - right, 0) + max(top - y, y - bottom, 0)

        best: dict[_State, float] = {}
        previous: dict[_State, _State | None] = {}
        queue: list[tuple[float, float, _State]] = []

        def reach(state: _State, cost: float, before: _State | None) -> None:
            if cost < best.get(state, float("inf")):
                best[state] = cost
                previous[state] = before
                heapq.heappush(queue, (cost + estimate(state[0]), cost, state))

        for point, direction, cost in _ports(source):
            reach((point, direction), cost, None)
        while queue:
            _, cost, state = heapq.heappop(queue)
            if cost > best[state]:
                continue
            point, direction = state
            arrived = (point in tree and previous[state] is not None) or (state in ends and previous[state] is not None)
            if arrived:
                return _trace(previous, state)
            x, y = point
            step_x, step_y = STEPS[direction]
            ahead = (x + step_x, y + step_y)
            step_cost = self._step_cost(ahead, direction, tree, ends)
            if step_cost is not None:
                reach((ahead, direction), cost + step_cost, state)
            if previous[state] is not None:
                for turned in ((direction + 1) % 4, (direction + 3) % 4):
                    reach((point, turned), cost + _BEND, state)
        raise ValueError("no path: a node of the plan is enclosed")

    def _step_cost(self, point: Track, direction: int, tree: set[Track], ends: Mapping[_State, float]) -> float | None:
        """Return the cost of a step to a point; None if the point is blocked."""
        x, y = point
        if not (0 < x < self.width and 0 < y < self.height):
            return None
        if point in tree:
            return 1.0
        step_cost = 1.0
        if point in self._blocked:
            if (point, direction) not in ends:
                return None
            step_cost += ends[point, direction]
        horizontal = direction % 2 == 0
        along, crossed = (self._across, self._upright) if horizontal else (self._upright, self._across)
        if point in along:
            step_cost += _SHARING
        if point in crossed:
            step_cost += _CROSSING
        beside = ((x, y - 1), (x, y + 1)) if horizontal else ((x - 1, y), (x + 1, y))
        return step_cost + _BESIDE * sum(neighbour in along for neighbour in beside)


def _ports(node: Rectangle) -> Iterator[tuple[Track, int, float]]:
    """Yield the points at which lines can leave a node, with direction and cost; the middle is cheapest."""
    for y in range(node.y + 1, node.bottom):
        cost = _OFF_CENTRE * abs(2 * y - node.y - node.bottom)
        yield (node.right, y), 0, cost
        yield (node.x, y), 2, cost
    for x in range(node.x + 2, node.right - 1):
        cost = _OFF_CENTRE / 2 * abs(2 * x - node.x - node.right)
        yield (x, node.bottom), 1, cost
        yield (x, node.y), 3, cost


def _trace(previous: Mapping[_State, _State | None], state: _State) -> list[Track]:
    path: list[Track] = []
    current: _State | None = state
    while current is not None:
        if not path or path[-1] != current[0]:
            path.append(current[0])
        current = previous[current]
    return path[::-1]
