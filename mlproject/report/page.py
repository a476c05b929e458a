"""The report as one self-contained HTML page, without scripts or external requests; all data is escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from mlproject import drawing
from mlproject.drawing import Link, Plan
from mlproject.report import charts, formatting, sentences
from mlproject.report.graph import reduce_dependencies
from mlproject.report.graph_image import STATUS_MARKS, draw_graph_images
from mlproject.report.metrics import read_calibration, read_days, read_importance, read_scores
from mlproject.report.model import Question, Report, StackReport

FEATURES_SHOWN = 10


def render_html(report: Report) -> str:
    """Return the report as an HTML page.

    Raises:
        UserError: a step of the pipeline depends on one that does not exist, or the dependencies contain a cycle.
    """
    page = _template().render(
        report=report,
        sentences=sentences,
        count=formatting.format_count,
        edges=reduce_dependencies(report.pipeline.steps),
        marks=STATUS_MARKS,
        graphs=draw_graph_images(report.pipeline),
        stacks=[(stack, _count_types(stack)) for stack in report.stacks],
        resources=sum(len(stack.resources) for stack in report.stacks),
        plan=_draw_plan(report.plan) if report.plan else None,
        arrows=_arrows(report.plan) if report.plan else [],
        styles=drawing.read_styles,
        longest=max([phase.seconds for phase in report.phases] + [1e-9]),
        **_test_values(report.metrics or {}, report.question),
        **_scoring_values(report),
    )
    return page + "\n"


@cache
def _template() -> Template:
    # With StrictUndefined, a misspelled name in the template is an error instead of an empty string.
    environment = Environment(
        loader=PackageLoader("mlproject.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        duration=formatting.format_duration,
        percent=formatting.format_percent,
        signed=formatting.format_difference,
        moment=formatting.format_time,
        dollars=formatting.format_usd,
        nonbreaking=formatting.bind_numbers,
    )
    return environment.get_template("report.html.j2")


@cache
def _draw_plan(plan: Plan) -> Markup:
    return drawing.draw_plan(plan, name="architecture")


def _arrows(plan: Plan) -> list[tuple[str, str, str]]:
    """Return the source, label and target of each link."""
    names = {node.id: f"{node.type} {node.name}" for panel in plan.panels for node in panel.nodes}

    def describe(link: Link) -> tuple[str, str, str]:
        return names[link.source], link.label, names[link.target]

    return [describe(link) for link in plan.links]


def _count_types(stack: StackReport) -> list[tuple[str, int]]:
    """Return the resource types of a stack, such as "S3 Bucket", with their counts, the most frequent first."""
    counts = Counter(
        resource.type.removeprefix("AWS::").removeprefix("Custom::").replace("::", " ") for resource in stack.resources
    )
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _test_values(metrics: Mapping[str, object], question: Question) -> dict[str, object]:
    features = read_importance(metrics)
    return {
        "scores": read_scores(metrics, question),
        "features": features[:FEATURES_SHOWN],
        "other_features": len(features[FEATURES_SHOWN:]),
        "other_share": sum(share for _, share in features[FEATURES_SHOWN:]),
    }


def _scoring_values(report: Report) -> dict[str, object]:
    tested, scoring, question = read_calibration(report.metrics or {}), report.scoring or {}, report.question
    bins, daily = read_calibration(scoring), read_days(scoring)
    plot: Markup | None = None
    if tested or bins:
        plot = charts.draw_calibration(
            tested, bins, names=(question.tested_on, question.scored_on), event=question.event
        )
    return {
        "tested": tested,
        "bins": bins,
        "days": daily,
        "calibration": plot,
        "by_day": [
            charts.draw_days(daily, event=f"{question.event} {question.things}", width=width, name=f"days-{width}")
            for width in (720, 340)
            if daily
        ],
    }
