"""A graph as lines of text, as `git log --graph` draws it: one lane for each step with undrawn successors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Edges = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Strokes:
    """The characters that draw a graph."""

    node: str
    upright: str
    across: str
    fork: str
    turn: str
    join: str
    both: str
    end: str


BOX = Strokes(node="●", upright="│", across="─", fork="├", turn="╰", join="┴", both="┼", end="╯")
ASCII = Strokes(node="*", upright="|", across="-", fork="+", turn="`", join="+", both="+", end="'")


@dataclass(frozen=True)
class Line:
    """A line of the drawing; `name` is None if the line only joins lanes."""

    drawing: str
    name: str | None


def draw_graph(edges: Edges, *, indented: frozenset[str] = frozenset(), strokes: Strokes = BOX) -> list[Line]:
    """Draw each step on its own line, below its dependencies.

    Args:
        edges: the result of `reduce_dependencies`.
        indented: steps to draw to the right of their dependency even if they fit below it.
    """
    waiting = {name: [child for child, needed in edges.items() if name in needed] for name in edges}
    lanes: list[str | None] = []
    lines: list[Line] = []
    for name, needed in edges.items():
        for parent in needed:
            waiting[parent].remove(name)
        columns = sorted(lanes.index(parent) for parent in needed)
        open_lanes = frozenset(index for index in columns if waiting[lanes[index] or ""])
        ending = [index for index in columns if index not in open_lanes]
        if columns and not open_lanes and name not in indented:
            column = columns[0]
            # Even for a single lane: otherwise an independent step would seem to depend on the line above.
            lines.append(Line(_join_line(lanes, columns, strokes), None))
        elif columns:
            column = _free(lanes, columns[-1] + 1)
        else:
            column = _free(lanes, 0)
        for index in ending:
            lanes[index] = None
        if column == len(lanes):
            lanes.append(None)
        reaching = [] if column in columns else columns
        lines.append(Line(_step_line(lanes, column, reaching, open_lanes, strokes), name))
        lanes[column] = name if waiting[name] else None
        while lanes and lanes[-1] is None:
            lanes.pop()
    return lines


def _free(lanes: list[str | None], first: int) -> int:
    return next((index for index in range(first, len(lanes)) if lanes[index] is None), max(first, len(lanes)))


def _join_line(lanes: list[str | None], columns: list[int], strokes: Strokes) -> str:
    """Return the line that joins the ending lanes in the leftmost."""
    cells = []
    for index, lane in enumerate(lanes):
        inside = columns[0] <= index < columns[-1]
        if index == columns[0]:
            mark = strokes.fork if inside else strokes.upright
        elif index == columns[-1]:
            mark = strokes.end
        elif index in columns:
            mark = strokes.join
        else:
            mark = strokes.upright if lane else (strokes.across if inside else " ")
        cells.append(mark + (strokes.across if inside else " "))
    return "".join(cells).rstrip()


def _step_line(
    lanes: list[str | None], column: int, columns: list[int], open_lanes: frozenset[int], strokes: Strokes
) -> str:
    """Return the line of a step, connected to the lanes of its dependencies; other lanes pass through."""
    cells = []
    for index in range(max(len(lanes), column + 1)):
        inside = bool(columns) and columns[0] <= index < column
        if index == column:
            mark = strokes.node
        elif index in columns:
            first = index == columns[0]
            if index in open_lanes:
                mark = strokes.fork if first else strokes.both
            else:
                mark = strokes.turn if first else strokes.join
        elif lanes[index]:
            mark = strokes.upright
        else:
            mark = strokes.across if inside else " "
        cells.append(mark + (strokes.across if inside else " "))
    return "".join(cells).rstrip()
