"""The report as one self-contained page: no script, no outside request; everything from data is escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from mlproject import drawing
from mlproject.drawing import Link, Plan
from mlproject.report import charts, story, words
from mlproject.report.graph import parents
from mlproject.report.model import Question, Report, StackReport
from mlproject.report.picture import MARKS, pictures
from mlproject.report.quality import calibration, days, importance, scores

FEATURES_SHOWN = 10


def html(report: Report) -> str:
    """Write the page.

    Raises:
        UserError: the steps of the pipeline wait for steps that do not exist, or for each other in a circle.
    """
    page = _template().render(
        report=report,
        story=story,
        count=words.count,
        edges=parents(report.pipeline.steps),
        marks=MARKS,
        graphs=pictures(report.pipeline),
        stacks=[(stack, _kinds(stack)) for stack in report.stacks],
        resources=sum(len(stack.resources) for stack in report.stacks),
        plan=_drawn(report.plan) if report.plan else None,
        arrows=_arrows(report.plan) if report.plan else [],
        styles=drawing.styles,
        longest=max([phase.seconds for phase in report.phases] + [1e-9]),
        **_tested(report.metrics or {}, report.question),
        **_scored(report),
    )
    return page + "\n"


@cache
def _template() -> Template:
    # StrictUndefined: a name that the template misspells fails a test instead of showing nothing.
    environment = Environment(
        loader=PackageLoader("mlproject.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        duration=words.duration,
        percent=words.percent,
        signed=words.signed,
        moment=words.moment,
        dollars=words.dollars,
        glued=words.glued,
    )
    return environment.get_template("report.html.j2")


@cache
def _drawn(plan: Plan) -> Markup:
    return drawing.image(plan, name="architecture")


def _arrows(plan: Plan) -> list[tuple[str, str, str]]:
    """Every link in words: who, does what, with what."""
    names = {node.id: f"{node.type} {node.name}" for panel in plan.panels for node in panel.nodes}

    def said(link: Link) -> tuple[str, str, str]:
        return names[link.source], link.label, names[link.target]

    return [said(link) for link in plan.links]


def _kinds(stack: StackReport) -> list[tuple[str, int]]:
    """Types of a stack's resources as people say them ("S3 Bucket"), the most frequent first."""
    counts = Counter(
        resource.type.removeprefix("AWS::").removeprefix("Custom::").replace("::", " ") for resource in stack.resources
    )
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _tested(metrics: Mapping[str, object], question: Question) -> dict[str, object]:
    features = importance(metrics)
    return {
        "scores": scores(metrics, question),
        "features": features[:FEATURES_SHOWN],
        "other_features": len(features[FEATURES_SHOWN:]),
        "other_share": sum(share for _, share in features[FEATURES_SHOWN:]),
    }


def _scored(report: Report) -> dict[str, object]:
    tested, scoring, question = calibration(report.metrics or {}), report.scoring or {}, report.question
    bins, daily = calibration(scoring), days(scoring)
    plot: Markup | None = None
    if tested or bins:
        plot = charts.calibration(tested, bins, names=(question.tested_on, question.scored_on), event=question.event)
    return {
        "tested": tested,
        "bins": bins,
        "days": daily,
        "calibration": plot,
        "by_day": [
            charts.by_day(daily, event=f"{question.event} {question.things}", width=width, name=f"days-{width}")
            for width in (720, 340)
            if daily
        ],
    }
