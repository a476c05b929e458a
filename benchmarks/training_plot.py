"""The picture of the benchmark `training`: the time with 1 and 2 cores, and the memory, by number of flights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from mlproject.drawing import svg
from mlproject.drawing.plan_image import read_styles

if TYPE_CHECKING:
    from benchmarks.training_guide import Row, Words

# Pixels.
_PANEL, _HEIGHT, _LEFT, _TOP, _GAP = 250.0, 180.0, 44.0, 66.0, 96.0
_STYLE = """
svg { font-family: var(--sans); }
text { fill: var(--ink); font-size: 12px; }
.heading { font-size: 15px; font-weight: 600; }
.tick { fill: var(--muted); }
.grid { stroke: var(--rule); }
.series { fill: none; stroke-width: 2; }
.one { stroke: var(--model); } .two { stroke: var(--bad); } .memory { stroke: var(--good); }
circle.one { fill: var(--model); } circle.two { fill: var(--bad); } circle.memory { fill: var(--good); }
.series.two { stroke-dasharray: 6 3; }
"""


def render_plot(rows: Sequence[Row], words: Words, *, description: str) -> str:
    """Return a standalone SVG file: the time with 1 and 2 cores, and the memory, by number of flights."""
    x = [row.flights / 1e6 for row in rows]
    time = {f"{'one' if cores == 1 else 'two'}": [row.seconds[cores] for row in rows] for cores in (1, 2)}
    labels = {"one": words.cores[1], "two": words.cores[2]}
    memory = {"memory": [row.peak_memory_gib for row in rows]}
    image = svg.image(
        svg.tag("style", read_styles("palette"), Markup(_STYLE)),  # noqa: S704  (a constant)
        svg.tag("rect", width="100%", height="100%", style="fill: var(--paper)"),
        svg.text(words.title, 12, 24, class_="heading"),
        *_panel(x, time, left=_LEFT, title=words.time, labels=labels, words=words),
        *_panel(x, memory, left=_LEFT + _PANEL + _GAP, title=words.memory, labels={}, words=words),
        width=_LEFT + 2 * _PANEL + _GAP + 76,
        height=_TOP + _HEIGHT + 48,
        title=words.title,
        description=description,
        name="training",
        class_="chart",
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{image}\n'


def _panel(
    x: Sequence[float],
    series: Mapping[str, Sequence[float]],
    *,
    left: float,
    title: str,
    labels: Mapping[str, str],
    words: Words,
) -> Iterator[Markup]:
    x_marks, y_marks = svg.ticks(max(x)), svg.ticks(max(max(values) for values in series.values()))
    bottom = _TOP + _HEIGHT
    yield svg.text(title, left, _TOP - 14, class_="tick")
    for mark in y_marks:
        y = bottom - _HEIGHT * mark / y_marks[-1]
        yield svg.line((left, y), (left + _PANEL, y), class_="grid")
        yield svg.text(_short(mark, words), left - 8, y + 4, class_="tick", anchor="end")
    for mark in x_marks:
        at = left + _PANEL * mark / x_marks[-1]
        yield svg.text(_short(mark, words), at, bottom + 18, class_="tick", anchor="middle")
    yield svg.text(words.flights, left + _PANEL, bottom + 36, class_="tick", anchor="end")
    for index, (name, values) in enumerate(series.items()):
        points = [
            (left + _PANEL * a / x_marks[-1], bottom - _HEIGHT * b / y_marks[-1])
            for a, b in zip(x, values, strict=True)
        ]
        yield svg.path(points, class_=f"series {name}")
        yield from (svg.tag("circle", cx=a, cy=b, r=3.5, class_=name) for a, b in points)
        if name in labels:
            key = left + 12
            y = _TOP + 12 + 18 * index
            yield svg.path([(key, y), (key + 24, y)], class_=f"series {name}")
            yield svg.text(labels[name], key + 32, y + 4, class_="tick")


def _short(value: float, words: Words) -> str:
    return f"{value:g}".replace(".", words.point)
