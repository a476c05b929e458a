"""The picture of the benchmark `spark`: the time and the memory of the runs that finished, with logarithmic scales."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from mlproject.drawing import svg
from mlproject.drawing.plan_image import read_styles

if TYPE_CHECKING:
    from benchmarks.spark_results import Run
    from benchmarks.training_guide import Words

# Pixels.
_PANEL, _HEIGHT, _LEFT, _TOP, _GAP = 250.0, 180.0, 52.0, 112.0, 96.0
_STYLE = """
svg { font-family: var(--sans); }
text { fill: var(--ink); font-size: 12px; }
.heading { font-size: 15px; font-weight: 600; }
.tick { fill: var(--muted); }
.grid { stroke: var(--rule); }
.series { fill: none; stroke-width: 2; }
.pandas2 { stroke: var(--model); } .duckdb2 { stroke: var(--good); }
.spark1, .spark2 { stroke: var(--bad); } .spark1 { stroke-dasharray: 6 3; }
circle { fill: var(--paper); stroke-width: 2; }
"""
Scale = Callable[[float], float]


def render_plot(
    runs: Sequence[Run], words: Words, *, labels: Mapping[tuple[str, int], str], title: str, description: str
) -> str:
    """Return a standalone SVG file.

    Args:
        runs: all runs; those that did not finish are not drawn.
        words: words and numbers of a language.
        labels: names of the series by engine and number of cores.
        title: title of the picture.
        description: what the picture shows, for screen readers.
    """
    finished = [run for run in runs if run.is_finished]
    image = svg.image(
        svg.tag("style", read_styles("palette"), Markup(_STYLE)),  # noqa: S704  (a constant)
        svg.tag("rect", width="100%", height="100%", style="fill: var(--paper)"),
        svg.text(title, 12, 24, class_="heading"),
        *_legend(labels),
        *_panel(finished, lambda run: run.seconds, left=_LEFT, title=words.time, words=words),
        *_panel(finished, lambda run: run.peak_memory_gib, left=_LEFT + _PANEL + _GAP, title=words.memory, words=words),
        width=_LEFT + 2 * _PANEL + _GAP + 40,
        height=_TOP + _HEIGHT + 48,
        title=title,
        description=description,
        name="one-machine",
        class_="chart",
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{image}\n'


def _legend(labels: Mapping[tuple[str, int], str]) -> Iterator[Markup]:
    for index, ((engine, cores), label) in enumerate(labels.items()):
        x = _LEFT + 150 * index
        yield svg.path([(x, 52), (x + 24, 52)], class_=f"series {engine}{cores}")
        yield svg.text(label, x + 32, 56, class_="tick")


def _panel(
    runs: Sequence[Run], value: Callable[[Run], float], *, left: float, title: str, words: Words
) -> Iterator[Markup]:
    x_marks, y_marks = _powers(run.flights / 1e6 for run in runs), _powers(map(value, runs))
    bottom = _TOP + _HEIGHT
    x, y = _scale(x_marks, left, left + _PANEL), _scale(y_marks, bottom, _TOP)
    yield svg.text(title, left, _TOP - 14, class_="tick")
    for mark in y_marks:
        yield svg.line((left, y(mark)), (left + _PANEL, y(mark)), class_="grid")
        yield svg.text(_short(mark, words), left - 8, y(mark) + 4, class_="tick", anchor="end")
    for mark in x_marks:
        yield svg.text(_short(mark, words), x(mark), bottom + 18, class_="tick", anchor="middle")
    yield svg.text(words.flights, left + _PANEL, bottom + 36, class_="tick", anchor="end")
    for engine, cores in dict.fromkeys((run.engine, run.cores) for run in runs):
        own = [run for run in runs if (run.engine, run.cores) == (engine, cores)]
        points = [(x(run.flights / 1e6), y(value(run))) for run in own]
        yield svg.path(points, class_=f"series {engine}{cores}")
        yield from (svg.tag("circle", cx=a, cy=b, r=3.5, class_=f"{engine}{cores}") for a, b in points)


def _powers(values: Iterator[float]) -> list[float]:
    """Return the powers of ten around some values."""
    known = list(values)
    first, last = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
    return [10.0**power for power in range(first, max(last, first + 1) + 1)]


def _scale(marks: Sequence[float], start: float, end: float) -> Scale:
    low, high = math.log10(marks[0]), math.log10(marks[-1])
    return lambda value: start + (end - start) * (math.log10(value) - low) / (high - low)


def _short(value: float, words: Words) -> str:
    return f"{value:g}".replace(".", words.point)
