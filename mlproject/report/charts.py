"""The charts of the report as SVG images: calibration, and predicted and observed means by day.

Their axes start at 0, so groups with negative values are not drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from mlproject.drawing import svg
from mlproject.report.formatting import join_names
from mlproject.report.layout import Point
from mlproject.report.settings import Target
from mlproject.report.values import Group, format_prediction, name_value
from mlproject.translation import counted, translated

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


def is_drawable(groups: tuple[Group, ...]) -> bool:
    """Return whether there are groups, none of them with a negative value."""
    return bool(groups) and min(min(group.predicted, group.observed) for group in groups) >= 0


def draw_calibration(
    tested: tuple[Group, ...], scored: tuple[Group, ...], *, names: tuple[str, str], target: Target
) -> Markup:
    """Draw the observed against the predicted values: on the diagonal, both are equal.

    Args:
        tested: groups of the test rows, from which the metrics are computed.
        scored: groups of the rows scored afterwards; may be empty.
        names: names of the two data sets.
        target: what the model predicts.
    """
    groups = (*tested, *scored)
    marks = svg.ticks(max(max(group.predicted, group.observed) for group in groups))
    frame = _Frame(left=44, top=26, width=288, height=288, x_top=marks[-1], y_top=marks[-1])
    most = max(group.rows for group in groups)
    parts = [*_grid(frame, marks, target)]
    parts += [
        svg.text(
            format_prediction(mark, target, 0),
            frame.at(mark, 0)[0],
            frame.top + frame.height + 18,
            class_="tick",
            anchor="middle",
        )
        for mark in marks
    ]
    parts += [
        svg.line(frame.at(0, 0), frame.at(frame.x_top, frame.y_top), class_="ideal"),
        svg.text(
            translated("predicted"),
            frame.left + frame.width,
            frame.top + frame.height + 36,
            class_="axis",
            anchor="end",
        ),
        svg.text(translated("observed {value}", value=target.event or name_value(target)), 0, 12, class_="axis"),
    ]
    for series, kind in ((scored, "scored"), (tested, "tested")):
        points = [frame.at(group.predicted, group.observed) for group in series]
        if len(points) > 1:
            parts.append(svg.path(points, class_=f"series {kind}"))
        parts += [
            svg.tag(
                "circle",
                svg.tag("title", _describe(group, target)),
                cx=x,
                cy=y,
                r=_radius(group, most),
                class_=f"dot {kind}",
            )
            for group, (x, y) in zip(series, points, strict=True)
        ]
    quantity = name_quantity(target)
    shown = [name for name, series in zip(names, (tested, scored), strict=True) if series]
    return svg.image(
        *parts,
        width=352,
        height=354,
        title=translated("Predicted and observed {quantity}", quantity=quantity),
        description=translated(
            "{data}, grouped by predicted {quantity}; on the diagonal, predicted and observed are equal. {groups}",
            data=join_names(shown),
            quantity=quantity,
            groups=" ".join(_describe(group, target) for group in groups),
        ),
        name="calibration",
        class_="chart",
    )


def name_quantity(target: Target) -> str:
    """Return the name of what is predicted: "probability", or the name of a number."""
    return translated("probability") if target.event else name_value(target)


def draw_days(days: tuple[Group, ...], *, subject: str, target: Target, width: float, name: str) -> Markup:
    """Draw the predicted and the observed mean by day.

    Args:
        days: the groups in chronological order.
        subject: what is compared, such as "share of late flights".
        target: what the model predicts.
        width: width in pixels; the size of the text does not change.
        name: name of the image, unique in the page.
    """
    marks = svg.ticks(max(max(day.predicted, day.observed) for day in days))
    frame = _Frame(40, 12, width - 52, 208, x_top=max(len(days) - 1, 1), y_top=marks[-1])
    every = max(math.ceil(len(days) / _MAXIMUM_LABELS), 1)
    bottom = frame.top + frame.height
    parts = [*_grid(frame, marks, target)]
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
            title = svg.tag("title", _describe(day, target))
            parts.append(svg.tag("circle", title, cx=x, cy=y, r=2.5, class_=f"dot {kind}"))
    worst = max(days, key=lambda day: abs(day.predicted - day.observed))
    return svg.image(
        *parts,
        width=width,
        height=bottom + 28,
        title=translated("Predicted and observed {subject} by day", subject=subject),
        description=translated(
            "{days} from {first} to {last}. The largest difference: {worst}",
            days=counted(len(days), "{number:,} day", "{number:,} days"),
            first=days[0].name,
            last=days[-1].name,
            worst=_describe(worst, target),
        ),
        name=name,
        class_="chart",
    )


def _grid(frame: _Frame, marks: tuple[float, ...], target: Target) -> list[Markup]:
    """Return horizontal lines with their values."""
    return [
        part
        for mark in marks
        for y in [frame.at(0, mark)[1]]
        for part in (
            svg.line((frame.left, y), (frame.left + frame.width, y), class_="grid" if mark else "base"),
            svg.text(format_prediction(mark, target, 0), frame.left - 8, y + 4, class_="tick", anchor="end"),
        )
    ]


def _radius(group: Group, most: int) -> float:
    """Return a radius that makes the area proportional to the rows, plus a minimum that keeps the dot visible."""
    return 2.5 + 6 * math.sqrt(group.rows / most)


def _describe(group: Group, target: Target) -> str:
    predicted, observed = (format_prediction(value, target, 1) for value in (group.predicted, group.observed))
    return translated(
        "{group}: predicted {predicted}, observed {observed}, {rows:,}.",
        group=group.name,
        predicted=predicted,
        observed=observed,
        rows=group.rows,
    )


def _short_day(name: str) -> str:
    """Return the day of the month of an ISO date, without a leading zero; any other name unchanged."""
    last = name.rsplit("-", 1)[-1]
    return str(int(last)) if last.isdecimal() else name
