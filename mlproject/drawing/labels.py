"""Where the labels of a plan's lines stand: on their own line, over nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mlproject.drawing.placing import SMALL_LETTER, TRACK, Rectangle
from mlproject.drawing.routing import Bundle, Track

# Pixels.
HEIGHT = 14.0
MARGIN = 3.0
END = 8.0


@dataclass(frozen=True)
class Area:
    """In pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Area) -> bool:
        """Whether they share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: Area) -> bool:
        """Whether the other lies wholly inside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


@dataclass(frozen=True, kw_only=True)
class Label:
    """A text, centred in its area."""

    text: str
    area: Area


def area(where: Rectangle) -> Area:
    """A rectangle of the grid in pixels."""
    return Area(where.x * TRACK, where.y * TRACK, where.right * TRACK, where.bottom * TRACK)


def put_labels(
    bundles: Sequence[Bundle], *, whole: Rectangle, taken: Sequence[Rectangle], panels: Sequence[Rectangle]
) -> tuple[Label | None, ...]:
    """A place for each bundle's label, or None where there is none without covering something.

    Args:
        whole: the plan, which no label leaves.
        taken: where nodes and texts stand.
        panels: whose edges are covered only where there is no other place.
    """
    grounds = [area(where) for where in panels]
    lines = [list(_segments(bundle)) for bundle in bundles]
    occupied = [area(where) for where in taken]
    labels: list[Label | None] = []
    for index, bundle in enumerate(bundles):
        others = [line for other, its in enumerate(lines) if other != index for line in its]
        place = next(
            (
                candidate
                for candidate in _candidates(bundle, grounds)
                if area(whole).holds(candidate) and not any(candidate.overlaps(other) for other in (*occupied, *others))
            ),
            None,
        )
        labels.append(Label(text=bundle.label, area=place) if place else None)
        if place:
            occupied.append(place)
    return tuple(labels)


def width(text: str) -> float:
    """Of a label, in pixels."""
    return len(text) * SMALL_LETTER + 2 * MARGIN


def _segments(bundle: Bundle) -> Iterator[Area]:
    for way in bundle.ways:
        for start, end in itertools.pairwise(way):
            yield _segment(start, end)


def _segment(start: Track, end: Track) -> Area:
    (x1, y1), (x2, y2) = start, end
    return Area(min(x1, x2) * TRACK - 1, min(y1, y2) * TRACK - 1, max(x1, x2) * TRACK + 1, max(y1, y2) * TRACK + 1)


def _candidates(bundle: Bundle, grounds: Sequence[Area]) -> Iterator[Area]:
    """Places on the bundle's lines: the middles of level ones first, then beside, then on upright ones."""
    wide = width(bundle.label) / 2
    found: list[tuple[float, Area]] = []
    for number, way in enumerate(bundle.ways):
        for start, end in itertools.pairwise(way):
            level = start[1] == end[1]
            length = (abs(end[0] - start[0]) + abs(end[1] - start[1])) * TRACK
            room = length - (2 * wide if level else HEIGHT)
            # Ends stay visible: the arrow's head, and the bend.
            if room < 2 * END:
                continue
            for share in (0.5, 0.35, 0.65, 0.2, 0.8, 0.1, 0.9):
                along = END + (wide if level else HEIGHT / 2) + share * (room - 2 * END)
                x = (start[0] + (along / TRACK if end[0] > start[0] else -along / TRACK) * level) * TRACK
                y = (start[1] + (along / TRACK if end[1] > start[1] else -along / TRACK) * (not level)) * TRACK
                place = Area(x - wide, y - HEIGHT / 2, x + wide, y + HEIGHT / 2)
                on_an_edge = any(place.overlaps(ground) and not ground.holds(place) for ground in grounds)
                found.append((abs(share - 0.5) + 1.5 * (not level) + 0.4 * number + 1.2 * on_an_edge, place))
    yield from (place for _, place in sorted(found, key=lambda pair: pair[0]))
