"""Place the labels of a plan's lines: on their own line, without covering anything else but, at worst, a crossing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mlproject.drawing.layout import SMALL_LETTER, TRACK, Rectangle
from mlproject.drawing.routing import Bundle, Track

# Pixels.
HEIGHT = 14.0
MARGIN = 3.0
END = 8.0


@dataclass(frozen=True)
class Area:
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Area) -> bool:
        """Return whether the areas share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def contains(self, other: Area) -> bool:
        """Return whether the other area is completely inside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


@dataclass(frozen=True, kw_only=True)
class Label:
    """A text that is centred in its area."""

    text: str
    area: Area


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    area: Area
    on_horizontal: bool


def area(rectangle: Rectangle) -> Area:
    """Convert a rectangle of the grid to pixels."""
    return Area(rectangle.x * TRACK, rectangle.y * TRACK, rectangle.right * TRACK, rectangle.bottom * TRACK)


def place_labels(
    bundles: Sequence[Bundle], *, bounds: Rectangle, occupied: Sequence[Rectangle], panels: Sequence[Rectangle]
) -> tuple[Label | None, ...]:
    """Return the label of each bundle; None if it would cover a node, a text or a parallel line everywhere.

    A label covers a line that crosses its own only if there is no other place: the line is seen on both sides of it.

    Args:
        bounds: the plan, which contains all labels.
        occupied: the rectangles of nodes and texts.
        panels: the panels, whose edges are covered only if there is no other place.
    """
    panel_areas = [area(panel) for panel in panels]
    lines = [list(_segments(bundle)) for bundle in bundles]
    covered = [area(rectangle) for rectangle in occupied]
    labels: list[Label | None] = []
    for index, bundle in enumerate(bundles):
        others = [line for other, its in enumerate(lines) if other != index for line in its]
        upright = [line for line in others if line.bottom - line.top > line.right - line.left]
        free = [
            candidate
            for candidate in _candidates(bundle, panel_areas)
            if area(bounds).contains(candidate.area)
            and not any(candidate.area.overlaps(other) for other in covered)
            and not any(candidate.area.overlaps(other) for other in others if other not in upright)
        ]
        clear = [one.area for one in free if not any(one.area.overlaps(other) for other in upright)]
        crossing = [one.area for one in free if one.on_horizontal and all(_crosses(line, one.area) for line in upright)]
        place = next(iter(clear or crossing), None)
        labels.append(Label(text=bundle.label, area=place) if place else None)
        if place:
            covered.append(place)
    return tuple(labels)


def _crosses(line: Area, label: Area) -> bool:
    """Return whether an upright line avoids a label, or is seen both above and below it."""
    return not line.overlaps(label) or (line.top < label.top - END and line.bottom > label.bottom + END)


def width(text: str) -> float:
    """Return the width of a label in pixels."""
    return len(text) * SMALL_LETTER + 2 * MARGIN


def _segments(bundle: Bundle) -> Iterator[Area]:
    for path in bundle.paths:
        for start, end in itertools.pairwise(path):
            yield _segment(start, end)


def _segment(start: Track, end: Track) -> Area:
    (x1, y1), (x2, y2) = start, end
    return Area(min(x1, x2) * TRACK - 1, min(y1, y2) * TRACK - 1, max(x1, x2) * TRACK + 1, max(y1, y2) * TRACK + 1)


def _candidates(bundle: Bundle, panel_areas: Sequence[Area]) -> Iterator[_Candidate]:
    """Places on the bundle's lines: the middles of horizontal ones first, then beside, then on upright ones."""
    half_width = width(bundle.label) / 2
    candidates: list[tuple[float, _Candidate]] = []
    for number, path in enumerate(bundle.paths):
        for start, end in itertools.pairwise(path):
            horizontal = start[1] == end[1]
            length = (abs(end[0] - start[0]) + abs(end[1] - start[1])) * TRACK
            room = length - (2 * half_width if horizontal else HEIGHT)
            # Keep the ends visible: the arrow's head and the bend.
            if room < 2 * END:
                continue
            for share in (0.5, 0.35, 0.65, 0.2, 0.8, 0.1, 0.9):
                along = END + (half_width if horizontal else HEIGHT / 2) + share * (room - 2 * END)
                x = (start[0] + (along / TRACK if end[0] > start[0] else -along / TRACK) * horizontal) * TRACK
                y = (start[1] + (along / TRACK if end[1] > start[1] else -along / TRACK) * (not horizontal)) * TRACK
                place = Area(x - half_width, y - HEIGHT / 2, x + half_width, y + HEIGHT / 2)
                on_an_edge = any(place.overlaps(panel) and not panel.contains(place) for panel in panel_areas)
                cost = abs(share - 0.5) + 1.5 * (not horizontal) + 0.4 * number + 1.2 * on_an_edge
                candidates.append((cost, _Candidate(area=place, on_horizontal=horizontal)))
    yield from (candidate for _, candidate in sorted(candidates, key=lambda pair: pair[0]))
