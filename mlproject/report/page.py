"""The report as one self-contained HTML page, without scripts or external requests; all data is escaped."""

from __future__ import annotations

from collections import Counter
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from mlproject import drawing
from mlproject.drawing import Link, Plan
from mlproject.report import charts, formatting, sentences
from mlproject.report.content import Report
from mlproject.report.graph import reduce_dependencies
from mlproject.report.graph_image import STATUS_MARKS, draw_graph_images
from mlproject.report.metrics import read_scores
from mlproject.report.model import StackReport
from mlproject.report.outcomes import name_outcome
from mlproject.report.values import format_prediction, read_groups, read_shares
from mlproject.translation import format_number, selected_language, translated

FEATURES_SHOWN = 10


def render_html(report: Report) -> str:
    """Return the report as an HTML page.

    Raises:
        UserError: a step of the pipeline depends on one that does not exist, or the dependencies contain a cycle.
    """
    plan = drawing.translate_plan(report.plan) if report.plan else None
    page = _template().render(
        report=report,
        sentences=sentences,
        language=selected_language(),
        name_outcome=name_outcome,
        settings=report.settings,
        edges=reduce_dependencies(report.pipeline.steps) if report.pipeline else {},
        marks=STATUS_MARKS,
        graphs=draw_graph_images(report.pipeline) if report.pipeline else (),
        stacks=[(stack, _count_types(stack)) for stack in report.stacks],
        resources=sum(len(stack.resources) for stack in report.stacks),
        plans=_draw_plans(plan, note=translated("The arrows are in the table below.")) if plan else None,
        arrows=_arrows(plan) if plan else [],
        styles=drawing.read_styles,
        longest=max([phase.seconds for phase in report.phases] + [1e-9]),
        **_metric_values(report),
        **_group_values(report),
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
    environment.globals["_"] = translated
    environment.filters.update(
        number=lambda value: format_number(value, ","),
        duration=formatting.format_duration,
        percent=formatting.format_percent,
        signed=formatting.format_difference,
        moment=formatting.format_time,
        dollars=formatting.format_usd,
        nonbreaking=formatting.bind_numbers,
        prediction=format_prediction,
        initial=formatting.capitalize_initial,
    )
    return environment.get_template("report.html.j2")


@cache
def _draw_plans(plan: Plan, *, note: str) -> tuple[Markup, Markup]:
    """Return the architecture for wide and for narrow screens, which have a note instead of the arrows."""
    narrow = drawing.narrow_plan(plan, note=note)
    return (
        drawing.draw_plan(plan, name="architecture-wide"),
        drawing.draw_plan(narrow, name="architecture-narrow"),
    )


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


def _metric_values(report: Report) -> dict[str, object]:
    importance = report.settings.importance
    features = read_shares(report.outputs, importance, importance.path if importance else None)
    return {
        "scores": read_scores(report.settings, report.outputs),
        "features": features[:FEATURES_SHOWN],
        "descriptions": importance.descriptions if importance else {},
        "other_features": len(features[FEATURES_SHOWN:]),
        "other_share": sum(share for _, share in features[FEATURES_SHOWN:]),
    }


def _group_values(report: Report) -> dict[str, object]:
    test, predictions, target = report.settings.test, report.settings.predictions, report.settings.target
    tested = read_groups(report.outputs, test, test.calibration if test else None, target)
    bins = read_groups(report.outputs, predictions, predictions.calibration if predictions else None, target)
    days = read_groups(report.outputs, predictions, predictions.days if predictions else None, target)
    plot: Markup | None = None
    if charts.is_drawable((*tested, *bins)):
        names = (test.data if test else "", predictions.data if predictions else "")
        plot = charts.draw_calibration(tested, bins, names=names, target=target)
    subject = sentences.describe_subject(report)
    return {
        "tested": tested,
        "bins": bins,
        "days": days,
        "quantity": charts.name_quantity(target),
        "calibration": plot,
        "by_day": [
            charts.draw_days(days, subject=subject, target=target, width=width, name=f"days-{width}")
            for width in (720, 340)
            if charts.is_drawable(days)
        ],
    }
