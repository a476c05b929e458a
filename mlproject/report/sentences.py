"""The sentences of the report."""

from __future__ import annotations

from mlproject.report.content import Report
from mlproject.report.formatting import format_count, format_duration, format_percent, format_usd, join_names
from mlproject.report.metrics import has_baseline, read_scores
from mlproject.report.model import PipelineReport, StepReport
from mlproject.report.values import Group, format_prediction, read_groups, read_number, weighted_mean


def write_headline(report: Report) -> str:
    """Return the outcome in one sentence."""
    pipeline = report.pipeline
    if pipeline is None:
        return "The project is deployed. It has no pipeline."
    return _describe_success(report) if pipeline.status == "Succeeded" else _describe_failure(pipeline)


def _describe_success(report: Report) -> str:
    gains = [score.gain for score in read_scores(report.settings, report.outputs)]
    if report.model and gains and all(gain is not None and gain > 0 for gain in gains):
        return "The model beats the baseline and is registered."
    return "The model is registered." if report.model else "The pipeline succeeded."


def _describe_failure(pipeline: PipelineReport) -> str:
    ending = find_fail_step(pipeline)
    if ending:
        trained = any(step.type in ("Training", "Tuning") and step.status == "Succeeded" for step in pipeline.steps)
        if trained:
            return "The pipeline trained a model and rejected it."
        return f"The pipeline ended at its Fail step {ending.name}."
    failed = find_failed_step(pipeline)
    if failed:
        return f"The pipeline failed at the step {failed.name}."
    return "The pipeline was stopped." if pipeline.status == "Stopped" else "The pipeline did not succeed."


def find_fail_step(pipeline: PipelineReport) -> StepReport | None:
    """Return the Fail step that ended the pipeline, if any."""
    return next((step for step in pipeline.steps if step.type == "Fail" and step.status == "Failed"), None)


def find_failed_step(pipeline: PipelineReport) -> StepReport | None:
    """Return the first step that failed."""
    return next((step for step in pipeline.steps if step.status == "Failed"), None)


def describe_run(report: Report) -> str:
    """Return what was deployed, which steps ran, and how long it took."""
    resources = sum(len(stack.resources) for stack in report.stacks)
    target = "an embedded AWS on this machine" if report.endpoint else f"AWS, region {report.region}"
    deployed = (
        f"The project {report.project} was deployed to {target}: {format_count(len(report.stacks), 'stack')} with "
        f"{format_count(resources, 'resource')}."
    )
    total = format_duration(report.wall_seconds)
    pipeline = report.pipeline
    if pipeline is None:
        return f"{deployed} It has no pipeline to run. The total time was {total}."
    ran = sum(step.status in ("Succeeded", "Failed") for step in pipeline.steps)
    return (
        f"{deployed} Its pipeline ran {ran} of {format_count(len(pipeline.steps), 'step')} in "
        f"{format_duration(pipeline.seconds)}; the total time was {total}."
    )


def describe_first_metric(report: Report) -> str | None:
    """Return the value of the first metric, compared with the baseline; None without a value."""
    scores = read_scores(report.settings, report.outputs)
    if not scores or scores[0].model is None:
        return None
    first = scores[0]
    comparison = f", the baseline's is {first.format(first.baseline)}" if first.baseline is not None else ""
    better = "higher" if first.higher_is_better else "lower"
    return f"The model's {first.label} is {first.format(first.model)}{comparison} ({better} is better)."


def write_metrics_heading(report: Report) -> str:
    """Return the heading of the section with the metrics."""
    return "Comparison with the baseline" if has_baseline(report.settings) else "Metrics"


def describe_test_rows(report: Report) -> str | None:
    """Return the data from which the metrics were computed; None if it is not declared."""
    test, target = report.settings.test, report.settings.target
    if test is None:
        return None
    rows = read_number(report.outputs, test, test.rows)
    share = weighted_mean(read_groups(report.outputs, test, test.calibration, target), "observed")
    counted = f", {rows:,.0f} {target.items}" if rows is not None else ""
    events = f", {format_percent(share, 1)} of them {target.event}" if target.event and share is not None else ""
    return f"Test data: {test.data}{counted}{events}."


def describe_scored_rows(report: Report, groups: tuple[Group, ...]) -> str | None:
    """Return the predicted and observed means of all rows scored afterwards; None without such rows."""
    predicted, observed = weighted_mean(groups, "predicted"), weighted_mean(groups, "observed")
    section, target = report.settings.predictions, report.settings.target
    if section is None or predicted is None or observed is None:
        return None
    items = f"{sum(group.rows for group in groups):,} {target.items} of {section.data}"
    first, second = (format_prediction(value, target, 1) for value in (predicted, observed))
    if target.event:
        return f"The model predicted that {first} of the {items} would be {target.event}; {second} were."
    return f"The mean predicted {target.value or 'value'} of the {items} is {first}; the observed mean is {second}."


def describe_subject(report: Report) -> str:
    """Return what the groups of rows are compared by, such as "share of late flights" or "mean price of houses"."""
    target = report.settings.target
    if target.event:
        return f"share of {target.event} {target.items}"
    return f"mean {target.value or 'value'} of {target.items}"


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


def explain_missing_metrics(pipeline: PipelineReport) -> str:
    """Return why there are no metrics."""
    failed = find_failed_step(pipeline)
    if failed:
        return f"There are no metrics: the step {failed.name} failed before they were written."
    return "There are no metrics: the pipeline did not write any."


def registers_models(pipeline: PipelineReport) -> bool:
    """Return whether the pipeline has a step that registers a model."""
    return any(step.type == "RegisterModel" for step in pipeline.steps)


def explain_missing_model(pipeline: PipelineReport) -> str:
    """Return why no model was registered."""
    if find_fail_step(pipeline):
        return "No model was registered: the pipeline rejected it, because its condition was not met."
    skipped = [step.name for step in pipeline.steps if step.status in ("Skipped", "Stopped")]
    return f"No model was registered{f': {join_names(skipped)} did not run' if skipped else ''}."
