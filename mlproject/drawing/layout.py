"""Lay out a plan on a grid: columns of panels side by side, and wide panels below. Pure geometry."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from mlproject.drawing.plan import Panel, Plan

# The distance between the tracks of the grid in pixels. Lines run along the tracks.
TRACK = 12
# In tracks.
NODE_WIDTH, NODE_HEIGHT = 18, 5
PADDING = 2
TITLE = 3
BETWEEN_NODES = 3
BETWEEN_PANELS = 4
BETWEEN_COLUMNS = 14
ABOVE_WIDE = 5
OUTSIDE = 3
# The minimum number of nodes in a row of a wide panel, the minimum space between them, and the space between rows.
IN_A_ROW = 3
BETWEEN_IN_A_ROW = 6
BETWEEN_ROWS = 4

# Pixels.
LINE_OF_TEXT = 16
# The maximum width of a letter of the small text; system fonts differ.
SMALL_LETTER = 6.9


@dataclass(frozen=True)
class Rectangle:
    """The upper left corner and the size, in tracks."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def contains(self, x: int, y: int) -> bool:
        """Return whether a point is inside or on the edge."""
        return self.x <= x <= self.right and self.y <= y <= self.bottom


@dataclass(frozen=True, kw_only=True)
class PlacedPanel:
    """The position of a panel.

    Args:
        title, more: the rectangles of its texts; None without the text.
        lines: the lines of the text below its nodes.
    """

    panel: Panel
    rectangle: Rectangle
    title: Rectangle
    more: Rectangle | None
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PlanLayout:
    """The positions of a plan's panels and nodes; width and height are in tracks."""

    width: int
    height: int
    panels: tuple[PlacedPanel, ...]
    nodes: dict[str, Rectangle]


def compute_layout(plan: Plan) -> PlanLayout:
    """Place the panels and nodes without overlaps and with space for lines around each."""
    columns = [
        [panel for panel in plan.panels if panel.column == column]
        for column in sorted({panel.column for panel in plan.panels if panel.column is not None})
    ]
    narrow = NODE_WIDTH + 2 * PADDING
    across = max(len(columns) * narrow + (len(columns) - 1) * BETWEEN_COLUMNS, _minimum_width(plan))
    # Fewer columns are farther apart, so that wide panels are as wide as all columns together.
    between = (across - len(columns) * narrow) // (len(columns) - 1) if len(columns) > 1 else 0
    heights = [_total_height(_heights(column, narrow)) for column in columns]
    panels: list[PlacedPanel] = []
    nodes: dict[str, Rectangle] = {}
    for index, column in enumerate(columns):
        x = OUTSIDE + index * (narrow + between)
        y = OUTSIDE + (max(heights) - heights[index]) // 2
        for panel, height in zip(column, _heights(column, narrow), strict=True):
            panels.append(_panel(panel, Rectangle(x, y, narrow, height)))
            nodes.update(_place_in_column(panel, x + PADDING, y + TITLE))
            y += height + BETWEEN_PANELS
    y = OUTSIDE + max(heights) + ABOVE_WIDE if columns else OUTSIDE
    for panel in plan.panels:
        if panel.column is None:
            in_rows = dict(_place_in_rows(panel, across, y))
            height = _wide_height(panel, across)
            panels.append(_panel(panel, Rectangle(OUTSIDE, y, across, height)))
            nodes.update(in_rows)
            y += height + BETWEEN_PANELS
    bottom = max((placed.rectangle.bottom for placed in panels), default=0)
    return PlanLayout(width=across + 2 * OUTSIDE, height=bottom + OUTSIDE, panels=tuple(panels), nodes=nodes)


def _minimum_width(plan: Plan) -> int:
    """Return the width that the wide panels need at least."""
    if all(panel.column is not None for panel in plan.panels):
        return 0
    return 2 * PADDING + IN_A_ROW * NODE_WIDTH + (IN_A_ROW - 1) * BETWEEN_IN_A_ROW


def _total_height(heights: Sequence[int]) -> int:
    return sum(heights) + BETWEEN_PANELS * (len(heights) - 1)


def _heights(panels: Iterable[Panel], width: int) -> list[int]:
    return [
        TITLE
        + len(panel.nodes) * (NODE_HEIGHT + BETWEEN_NODES)
        - (BETWEEN_NODES if panel.nodes else 0)
        + _height_below(panel, width)
        for panel in panels
    ]


def _wide_height(panel: Panel, width: int) -> int:
    rows = math.ceil(len(panel.nodes) / _per_row(width))
    gaps = BETWEEN_ROWS * max(rows - 1, 0)
    return TITLE + rows * NODE_HEIGHT + gaps + _height_below(panel, width)


def _per_row(width: int) -> int:
    return max((width - 2 * PADDING + BETWEEN_IN_A_ROW) // (NODE_WIDTH + BETWEEN_IN_A_ROW), 1)


def _place_in_column(panel: Panel, x: int, y: int) -> Iterator[tuple[str, Rectangle]]:
    for index, node in enumerate(panel.nodes):
        yield node.id, Rectangle(x, y + index * (NODE_HEIGHT + BETWEEN_NODES), NODE_WIDTH, NODE_HEIGHT)


def _place_in_rows(panel: Panel, width: int, y: int) -> Iterator[tuple[str, Rectangle]]:
    per_row = _per_row(width)
    inner = width - 2 * PADDING - NODE_WIDTH
    for index, node in enumerate(panel.nodes):
        row, column = divmod(index, per_row)
        x = OUTSIDE + PADDING + (column * inner // (per_row - 1) if per_row > 1 else 0)
        yield node.id, Rectangle(x, y + TITLE + row * (NODE_HEIGHT + BETWEEN_ROWS), NODE_WIDTH, NODE_HEIGHT)


def _lines(panel: Panel, width: int) -> tuple[str, ...]:
    return tuple(wrap(panel.more, int((width - 2 * PADDING) * TRACK / SMALL_LETTER)))


def _height_below(panel: Panel, width: int) -> int:
    """Return the space below the last node, including the text."""
    lines = _lines(panel, width)
    return math.ceil(len(lines) * LINE_OF_TEXT / TRACK) + PADDING if lines else PADDING


def _panel(panel: Panel, rectangle: Rectangle) -> PlacedPanel:
    lines = _lines(panel, rectangle.width)
    inner = rectangle.width - 2 * PADDING
    height = _height_below(panel, rectangle.width) - PADDING
    more = Rectangle(rectangle.x + PADDING, rectangle.bottom - height - 1, inner, height) if lines else None
    # A title is only as wide as its letters, so that lines can pass beside it.
    letters = math.ceil(len(panel.title) * 9.5 / TRACK)
    title = Rectangle(rectangle.x + PADDING, rectangle.y + 1, min(letters, inner), 1)
    return PlacedPanel(panel=panel, rectangle=rectangle, title=title, more=more, lines=lines)
