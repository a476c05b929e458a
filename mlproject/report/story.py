"""The report's sentences: what came out, in the order a newcomer asks."""

from __future__ import annotations

from mlproject.report.model import PipelineReport, Report, StepReport
from mlproject.report.quality import Group, event_share, number, overall, scores
from mlproject.report.words import count, dollars, duration, joined, percent


def headline(report: Report) -> str:
    """The outcome in one sentence."""
    pipeline = report.pipeline
    if pipeline.status == "Succeeded":
        gains = [score.gain for score in scores(report.metrics or {}, report.question)]
        if report.model and gains and all(gain is not None and gain > 0 for gain in gains):
            return "The model beats the baseline and is registered."
        return "The model is registered." if report.model else "The pipeline ran to its end."
    if turned_down(pipeline):
        return "A model was trained and turned down."
    broken = broken_step(pipeline)
    if broken:
        return f"The pipeline failed at the step {broken.name}."
    return "The pipeline was stopped." if pipeline.status == "Stopped" else "The pipeline did not succeed."


def turned_down(pipeline: PipelineReport) -> bool:
    """Whether the pipeline itself refused the model: it came to a Fail step."""
    return any(step.type == "Fail" and step.status == "Failed" for step in pipeline.steps)


def broken_step(pipeline: PipelineReport) -> StepReport | None:
    """The first step that failed."""
    return next((step for step in pipeline.steps if step.status == "Failed"), None)


def what_was_done(report: Report) -> str:
    """What was deployed where, what ran, how long it took."""
    pipeline = report.pipeline
    ran = sum(step.status in ("Succeeded", "Failed") for step in pipeline.steps)
    resources = sum(len(stack.resources) for stack in report.stacks)
    place = "an embedded AWS on this machine" if report.endpoint else f"AWS, region {report.region}"
    return (
        f"The project {report.project} was deployed into {place}: {count(len(report.stacks), 'stack')} with "
        f"{count(resources, 'resource')}. Its pipeline ran {ran} of {count(len(pipeline.steps), 'step')} in "
        f"{duration(pipeline.seconds)}; all in all it took {duration(report.wall_seconds)}."
    )


def how_well(report: Report) -> str | None:
    """The AUC, told as pairs; None when there is no metric."""
    auc = next((score for score in scores(report.metrics or {}, report.question) if score.key == "auc"), None)
    if auc is None or auc.model is None:
        return None
    question = report.question
    beside = f"; the baseline does in {auc.baseline * 100:.0f}" if auc.baseline is not None else ""
    return (
        f"Take two of the {question.things}, one {question.event} and one {question.otherwise}: in "
        f"{auc.model * 100:.0f} of 100 such pairs the model gives the {question.event} one the higher risk{beside}."
    )


def tested(report: Report) -> str | None:
    """On what the metrics were measured."""
    metrics = report.metrics or {}
    rows, share = number(metrics, "rows"), event_share(metrics)
    if rows is None:
        return None
    question = report.question
    of_them = f", {percent(share, 1)} of them {question.event}" if share is not None else ""
    return f"Measured on {question.tested_on}: {rows:,.0f} {question.things}{of_them}, none seen in training."


def scored(report: Report, groups: tuple[Group, ...]) -> str | None:
    """Predicted against real, over all rows scored afterwards."""
    predicted, observed = overall(groups, "predicted"), overall(groups, "observed")
    if predicted is None or observed is None:
        return None
    question = report.question
    rows = sum(group.rows for group in groups)
    return (
        f"Of the {rows:,} {question.things} of {question.scored_on} the model expected {percent(predicted, 1)} to be "
        f"{question.event}; {percent(observed, 1)} were.{_auc_afterwards(report)}"
    )


def _auc_afterwards(report: Report) -> str:
    scoring = report.scoring or {}
    model, baseline = number(scoring, "auc"), number(scoring, "baseline_auc")
    if model is None:
        return ""
    beside = f", the baseline's is {baseline:.3f}" if baseline is not None else ""
    return f" There its AUC is {model:.3f}{beside}."


def idle(report: Report) -> str | None:
    """What everything costs while nobody uses it; None where nothing is known."""
    known = [stack.idle_usd for stack in report.stacks if stack.idle_usd is not None]
    unknown = [stack.name for stack in report.stacks if stack.idle_usd is None]
    if not known:
        return None
    without = f", {joined(unknown)} not counted (unknown)" if unknown else ""
    return (
        f"On AWS it costs {dollars(sum(known))} a month while nobody uses it{without}; work, requests and stored data "
        "come on top."
    )


def without_metrics(report: Report) -> str:
    """Why there is no metric to show."""
    broken = broken_step(report.pipeline)
    if broken:
        return f"There are no metrics: the step {broken.name} failed before they were written."
    return "There are no metrics: the pipeline wrote none."


def without_model(report: Report) -> str:
    """Why no model was registered."""
    if turned_down(report.pipeline):
        return "No model was registered: the pipeline turned it down, as its condition demands."
    skipped = [step.name for step in report.pipeline.steps if step.status in ("Skipped", "Stopped")]
    return f"No model was registered{f': {joined(skipped)} did not run' if skipped else ''}."
