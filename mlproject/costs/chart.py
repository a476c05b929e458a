"""The estimated monthly costs as an SVG bar chart: a bar for each environment, a part for each component."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from mlproject.costs.estimate import Estimate, total
from mlproject.drawing import svg
from mlproject.drawing.plan_image import read_styles

# Pixels.
_WIDTH, _LEFT, _RIGHT, _TOP = 720.0, 90.0, 150.0, 64.0
_ROW, _BAR = 44.0, 24.0
_NAME_LENGTH = 12  # characters, as many as fit left of the bars
_LEGEND_COLUMN, _LEGEND_ROW, _LEGEND_COLUMNS = 100.0, 20.0, 7
# Colours that differ in lightness too, in the order of the components; legible on light and dark ground.
_COLOURS = {
    "network": "#0d5c88",
    "storage": "#e0a526",
    "pipeline": "#2f9e6e",
    "notebooks": "#c8553d",
    "emr": "#8a63a8",
    "emr-serverless": "#b98fd1",
    "operations": "#6b7780",
    "serving": "#4fb3d9",
}
_STYLE = """
svg { font-family: var(--sans); }
text { fill: var(--ink); font-size: 12px; }
.heading { font-size: 15px; font-weight: 600; }
.tick, .note { fill: var(--muted); }
.note { paint-order: stroke; stroke: var(--paper); stroke-width: 5px; stroke-linejoin: round; }
.grid { stroke: var(--rule); }
"""


def build_cost_chart(project: str, estimates: Sequence[Estimate]) -> str:
    """Return a standalone SVG file. Costs whose price is unknown are not drawn, but noted beside the bar.

    Args:
        project: name of the project.
        estimates: an estimate of each environment.
    """
    marks = svg.ticks(max(float(total(each.lines).usd) for each in estimates))
    scale = (_WIDTH - _LEFT - _RIGHT) / marks[-1]
    bottom = _TOP + _ROW * len(estimates)
    names = [name for name in _COLOURS if any(name in each.components for each in estimates)]
    image = svg.image(
        svg.tag("style", read_styles("palette"), Markup(_STYLE)),  # noqa: S704  (a constant)
        svg.tag("rect", width="100%", height="100%", style="fill: var(--paper)"),
        svg.text(f"{project}: estimated cost, USD a month", 12, 24, class_="heading"),
        *_axis(marks, scale, bottom),
        *(part for row, each in enumerate(estimates) for part in _bar(each, _TOP + row * _ROW, scale)),
        *_legend(names, bottom + 44),
        width=_WIDTH,
        height=bottom + 44 + _LEGEND_ROW,
        title=f"Estimated monthly cost of {project}",
        description=" ".join(map(_describe, estimates)),
        name="cost",
        class_="chart",
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{image}\n'


def _axis(marks: Sequence[float], scale: float, bottom: float) -> Iterator[Markup]:
    for mark in marks:
        x = _LEFT + mark * scale
        yield svg.line((x, _TOP - 8), (x, bottom), class_="grid")
        yield svg.text(f"{mark:g}", x, bottom + 16, class_="tick", anchor="middle")


def _bar(estimate: Estimate, y: float, scale: float) -> Iterator[Markup]:
    yield svg.text(svg.truncate(estimate.environment, _NAME_LENGTH), _LEFT - 10, y + 16, class_="name", anchor="end")
    x = _LEFT
    for name, lines in estimate.components.items():
        usd = float(total(lines).usd)
        title = svg.tag("title", f"{name}: {usd:.2f} USD")
        yield svg.tag("rect", title, x=x, y=y, width=usd * scale, height=_BAR, fill=_COLOURS[name])
        x += usd * scale
    yield svg.text(_sum(estimate), x + 8, y + 16, class_="note")


def _legend(names: Sequence[str], y: float) -> Iterator[Markup]:
    for index, name in enumerate(names):
        x = 12 + index % _LEGEND_COLUMNS * _LEGEND_COLUMN
        yield svg.tag("rect", x=x, y=y - 10, width=12, height=12, fill=_COLOURS[name])
        yield svg.text(name, x + 18, y, class_="tick")


def _sum(estimate: Estimate) -> str:
    found = total(estimate.lines)
    unknown = f" + {found.unknown} unknown" if found.unknown else ""
    return f"{found.usd:.2f}{unknown}"


def _describe(estimate: Estimate) -> str:
    parts = ", ".join(f"{name} {total(lines).usd:.2f}" for name, lines in estimate.components.items())
    return f"{estimate.environment}: {_sum(estimate)} USD ({parts})."
