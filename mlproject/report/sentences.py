"""The sentences of the report."""

from __future__ import annotations

from mlproject.report.formatting import format_count, format_duration, format_percent, format_usd, join_names
from mlproject.report.metrics import Group, read_event_share, read_number, read_scores, weighted_mean
from mlproject.report.model import PipelineReport, Report, StepReport


def write_headline(report: Report) -> str:
    """Return the outcome in one sentence."""
    pipeline = report.pipeline
    if pipeline.status == "Succeeded":
        gains = [score.gain for score in read_scores(report.metrics or {}, report.question)]
        if report.model and gains and all(gain is not None and gain > 0 for gain in gains):
            return "The model beats the baseline and is registered."
        return "The model is registered." if report.model else "The pipeline succeeded."
    if is_rejected(pipeline):
        return "The pipeline trained a model and rejected it."
    failed = find_failed_step(pipeline)
    if failed:
        return f"The pipeline failed at the step {failed.name}."
    return "The pipeline was stopped." if pipeline.status == "Stopped" else "The pipeline did not succeed."


def is_rejected(pipeline: PipelineReport) -> bool:
    """Return whether the pipeline rejected the model, which means that a Fail step ran."""
    return any(step.type == "Fail" and step.status == "Failed" for step in pipeline.steps)


def find_failed_step(pipeline: PipelineReport) -> StepReport | None:
    """Return the first step that failed."""
    return next((step for step in pipeline.steps if step.status == "Failed"), None)


def describe_run(report: Report) -> str:
    """Return what was deployed, which steps ran, and how long it took."""
    pipeline = report.pipeline
    ran = sum(step.status in ("Succeeded", "Failed") for step in pipeline.steps)
    resources = sum(len(stack.resources) for stack in report.stacks)
    target = "an embedded AWS on this machine" if report.endpoint else f"AWS, region {report.region}"
    return (
        f"The project {report.project} was deployed to {target}: {format_count(len(report.stacks), 'stack')} with "
        f"{format_count(resources, 'resource')}. Its pipeline ran {ran} of "
        f"{format_count(len(pipeline.steps), 'step')} in "
        f"{format_duration(pipeline.seconds)}; the total time was {format_duration(report.wall_seconds)}."
    )


def describe_auc(report: Report) -> str | None:
    """Return an explanation of the AUC; None without that metric."""
    auc = next((score for score in read_scores(report.metrics or {}, report.question) if score.key == "auc"), None)
    if auc is None or auc.model is None:
        return None
    question = report.question
    comparison = f", the baseline in {auc.baseline * 100:.0f}" if auc.baseline is not None else ""
    return (
        f"In pairs of {question.things}, one {question.event} and one {question.otherwise}, the model gives the "
        f"{question.event} one the higher probability in {auc.model * 100:.0f} of 100 cases{comparison}."
    )


def describe_test_rows(report: Report) -> str | None:
    """Return the data from which the metrics were computed; None if it is unknown."""
    metrics = report.metrics or {}
    rows, share = read_number(metrics, "rows"), read_event_share(metrics)
    if rows is None:
        return None
    question = report.question
    events = f", {format_percent(share, 1)} of them {question.event}" if share is not None else ""
    return f"Test data: {question.tested_on}, {rows:,.0f} {question.things}{events}. None were used in training."


def describe_scored_rows(report: Report, groups: tuple[Group, ...]) -> str | None:
    """Return the predicted and observed shares of all rows scored afterwards; None without such rows."""
    predicted, observed = weighted_mean(groups, "predicted"), weighted_mean(groups, "observed")
    if predicted is None or observed is None:
        return None
    question = report.question
    rows = sum(group.rows for group in groups)
    return (
        f"The model predicted that {format_percent(predicted, 1)} of the {rows:,} {question.things} of "
        f"{question.scored_on} would be {question.event}; {format_percent(observed, 1)} were.{_auc_afterwards(report)}"
    )


def _auc_afterwards(report: Report) -> str:
    scoring = report.scoring or {}
    model, baseline = read_number(scoring, "auc"), read_number(scoring, "baseline_auc")
    if model is None:
        return ""
    comparison = f", the baseline's is {baseline:.3f}" if baseline is not None else ""
    return f" Its AUC on this data is {model:.3f}{comparison}."


def describe_idle_cost(report: Report) -> str | None:
    """Return the idle cost of all stacks; None if no cost is known."""
    known = [stack.idle_usd for stack in report.stacks if stack.idle_usd is not None]
    unknown = [stack.name for stack in report.stacks if stack.idle_usd is None]
    if not known:
        return None
    excluded = f", excluding {join_names(unknown)} (unknown)" if unknown else ""
    return (
        f"The idle cost on AWS is {format_usd(sum(known))} a month{excluded}. Jobs, requests and stored data are "
        "charged in addition."
    )


def explain_missing_metrics(report: Report) -> str:
    """Return why there are no metrics."""
    failed = find_failed_step(report.pipeline)
    if failed:
        return f"There are no metrics: the step {failed.name} failed before they were written."
    return "There are no metrics: the pipeline did not write any."


def explain_missing_model(report: Report) -> str:
    """Return why no model was registered."""
    if is_rejected(report.pipeline):
        return "No model was registered: the pipeline rejected it, because its condition was not met."
    skipped = [step.name for step in report.pipeline.steps if step.status in ("Skipped", "Stopped")]
    return f"No model was registered{f': {join_names(skipped)} did not run' if skipped else ''}."
