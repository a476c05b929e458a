"""The charts of the report as SVG images: calibration, and predicted and observed shares by day."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from mlproject.drawing import svg
from mlproject.report.formatting import format_count, format_percent
from mlproject.report.layout import Point
from mlproject.report.metrics import Group

_MAXIMUM_LABELS = 6


@dataclass(frozen=True)
class _Frame:
    """The area of a plot in pixels, and the values at its right and upper edges."""

    left: float
    top: float
    width: float
    height: float
    x_top: float
    y_top: float

    def at(self, x: float, y: float) -> Point:
        return (self.left + self.width * x / self.x_top, self.top + self.height * (1 - y / self.y_top))


def draw_calibration(
    tested: tuple[Group, ...], scored: tuple[Group, ...], *, names: tuple[str, str], event: str
) -> Markup:
    """Draw the observed against the predicted probability: on the diagonal, both are equal.

    Args:
        tested: groups of the test rows, from which the metrics are computed.
        scored: groups of the rows scored afterwards; may be empty.
        names: names of the two data sets.
        event: the predicted event.
    """
    groups = (*tested, *scored)
    marks = svg.ticks(max(max(group.predicted, group.observed) for group in groups))
    frame = _Frame(left=44, top=26, width=288, height=288, x_top=marks[-1], y_top=marks[-1])
    most = max(group.rows for group in groups)
    parts = [*_grid(frame, marks)]
    parts += [
        svg.text(
            format_percent(mark), frame.at(mark, 0)[0], frame.top + frame.height + 18, class_="tick", anchor="middle"
        )
        for mark in marks
    ]
    parts += [
        svg.line(frame.at(0, 0), frame.at(frame.x_top, frame.y_top), class_="ideal"),
        svg.text("predicted", frame.left + frame.width, frame.top + frame.height + 36, class_="axis", anchor="end"),
        svg.text(f"observed {event}", 0, 12, class_="axis"),
    ]
    for series, kind in ((scored, "scored"), (tested, "tested")):
        points = [frame.at(group.predicted, group.observed) for group in series]
        if len(points) > 1:
            parts.append(svg.path(points, class_=f"series {kind}"))
        parts += [
            svg.tag(
                "circle", svg.tag("title", _describe(group)), cx=x, cy=y, r=_radius(group, most), class_=f"dot {kind}"
            )
            for group, (x, y) in zip(series, points, strict=True)
        ]
    shown = [name for name, series in zip(names, (tested, scored), strict=True) if series]
    return svg.image(
        *parts,
        width=352,
        height=354,
        title="Predicted and observed probability",
        description=f"{' and '.join(shown)}, grouped by predicted probability; on the diagonal, predicted and "
        f"observed are equal. {' '.join(_describe(group) for group in groups)}",
        name="calibration",
        class_="chart",
    )


def draw_days(days: tuple[Group, ...], *, event: str, width: float, name: str) -> Markup:
    """Draw the predicted and the observed share of the event by day.

    Args:
        days: the groups in chronological order.
        event: the predicted event.
        width: width in pixels; the size of the text does not change.
        name: name of the image, unique in the page.
    """
    marks = svg.ticks(max(max(day.predicted, day.observed) for day in days))
    frame = _Frame(40, 12, width - 52, 208, x_top=max(len(days) - 1, 1), y_top=marks[-1])
    every = max(math.ceil(len(days) / _MAXIMUM_LABELS), 1)
    bottom = frame.top + frame.height
    parts = [*_grid(frame, marks)]
    parts += [
        svg.text(_short_day(day.name), frame.at(index, 0)[0], bottom + 18, class_="tick", anchor="middle")
        for index, day in enumerate(days)
        if index % every == 0
    ]
    parts += [
        svg.path([frame.at(index, day.observed) for index, day in enumerate(days)], class_="series observed"),
        svg.path([frame.at(index, day.predicted) for index, day in enumerate(days)], class_="series predicted"),
    ]
    for index, day in enumerate(days):
        for value, kind in ((day.observed, "observed"), (day.predicted, "predicted")):
            x, y = frame.at(index, value)
            parts.append(svg.tag("circle", svg.tag("title", _describe(day)), cx=x, cy=y, r=2.5, class_=f"dot {kind}"))
    worst = max(days, key=lambda day: abs(day.predicted - day.observed))
    return svg.image(
        *parts,
        width=width,
        height=bottom + 28,
        title=f"Predicted and observed share of {event} by day",
        description=f"{format_count(len(days), 'day')} from {days[0].name} to {days[-1].name}. "
        f"The largest difference: {_describe(worst)}",
        name=name,
        class_="chart",
    )


def _grid(frame: _Frame, marks: tuple[float, ...]) -> list[Markup]:
    """Return horizontal lines with their values."""
    return [
        part
        for mark in marks
        for y in [frame.at(0, mark)[1]]
        for part in (
            svg.line((frame.left, y), (frame.left + frame.width, y), class_="grid" if mark else "base"),
            svg.text(format_percent(mark), frame.left - 8, y + 4, class_="tick", anchor="end"),
        )
    ]


def _radius(group: Group, most: int) -> float:
    """Return a radius that makes the area proportional to the rows, plus a minimum that keeps the dot visible."""
    return 2.5 + 6 * math.sqrt(group.rows / most)


def _describe(group: Group) -> str:
    predicted, observed = format_percent(group.predicted, 1), format_percent(group.observed, 1)
    return f"{group.name}: predicted {predicted}, observed {observed}, {group.rows:,}."


def _short_day(name: str) -> str:
    """Return the day of the month of an ISO date, without a leading zero; any other name unchanged."""
    last = name.rsplit("-", 1)[-1]
    return str(int(last)) if last.isdecimal() else name
