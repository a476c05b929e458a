"""The sentences of the report."""

from __future__ import annotations

from mlproject.report.content import Report
from mlproject.report.formatting import format_duration, format_percent, format_usd, join_names
from mlproject.report.metrics import Score, has_baseline, read_scores
from mlproject.report.model import PipelineReport, StackReport, StepReport
from mlproject.report.values import Group, format_prediction, name_value, read_groups, read_number, weighted_mean
from mlproject.translation import Message, counted, translated


def write_headline(report: Report) -> str:
    """Return the outcome in one sentence."""
    pipeline = report.pipeline
    if pipeline is None:
        return translated("The project is deployed. It has no pipeline.")
    return _describe_success(report) if pipeline.status == "Succeeded" else _describe_failure(pipeline)


def _describe_success(report: Report) -> str:
    gains = [score.gain for score in read_scores(report.settings, report.outputs)]
    if report.model and gains and all(gain is not None and gain > 0 for gain in gains):
        return translated("The model beats the baseline and is registered.")
    return translated("The model is registered.") if report.model else translated("The pipeline succeeded.")


def _describe_failure(pipeline: PipelineReport) -> str:
    ending = find_fail_step(pipeline)
    if ending:
        trained = any(step.type in ("Training", "Tuning") and step.status == "Succeeded" for step in pipeline.steps)
        if trained:
            return translated("The pipeline trained a model and rejected it.")
        return translated("The pipeline ended at its Fail step {step}.", step=ending.name)
    failed = find_failed_step(pipeline)
    if failed:
        return translated("The pipeline failed at the step {step}.", step=failed.name)
    if pipeline.status == "Stopped":
        return translated("The pipeline was stopped.")
    return translated("The pipeline did not succeed.")


def find_fail_step(pipeline: PipelineReport) -> StepReport | None:
    """Return the Fail step that ended the pipeline, if any."""
    return next((step for step in pipeline.steps if step.type == "Fail" and step.status == "Failed"), None)


def find_failed_step(pipeline: PipelineReport) -> StepReport | None:
    """Return the first step that failed."""
    return next((step for step in pipeline.steps if step.status == "Failed"), None)


def describe_run(report: Report) -> str:
    """Return what was deployed, which steps ran, and how long it took."""
    resources = sum(len(stack.resources) for stack in report.stacks)
    embedded = Message("an embedded AWS on this machine")
    deployed = Message(
        "The project {project} was deployed to {target}: {stacks} with {resources}.",
        project=report.project,
        target=embedded if report.endpoint else Message("AWS, region {region}", region=report.region),
        stacks=count_stacks(len(report.stacks)),
        resources=count_resources(resources),
    )
    total = format_duration(report.wall_seconds)
    pipeline = report.pipeline
    if pipeline is None:
        return translated(
            "{deployed} It has no pipeline to run. The total time was {total}.", deployed=deployed, total=total
        )
    ran = sum(step.status in ("Succeeded", "Failed") for step in pipeline.steps)
    return translated(
        "{deployed} Its pipeline ran {ran} of {steps} in {seconds}; the total time was {total}.",
        deployed=deployed,
        ran=ran,
        steps=counted(len(pipeline.steps), "{number:,} step", "{number:,} steps"),
        seconds=format_duration(pipeline.seconds),
        total=total,
    )


def count_stacks(number: int) -> Message:
    """Return a number of stacks, such as "1 stack"."""
    return counted(number, "{number:,} stack", "{number:,} stacks")


def count_resources(number: int) -> Message:
    """Return a number of resources, such as "2 resources"."""
    return counted(number, "{number:,} resource", "{number:,} resources")


def describe_first_metric(report: Report) -> str | None:
    """Return the value of the first metric, compared with the baseline; None without a value."""
    scores = read_scores(report.settings, report.outputs)
    if not scores or scores[0].model is None:
        return None
    first = scores[0]
    comparison = Message(", the baseline's is {value}", value=first.format(first.baseline))
    return translated(
        "The model's {metric} is {value}{comparison} ({better}).",
        metric=first.label,
        value=first.format(first.model),
        comparison=comparison if first.baseline is not None else "",
        better=name_direction(first),
    )


def name_direction(score: Score) -> Message:
    """Return which values of a metric are better."""
    return Message("higher is better") if score.higher_is_better else Message("lower is better")


def name_verdict(score: Score) -> Message:
    """Return how a metric of the model compares with that of the baseline."""
    if not score.gain:
        return Message("equal")
    return Message("better") if score.gain > 0 else Message("worse")


def write_metrics_heading(report: Report) -> str:
    """Return the heading of the section with the metrics."""
    return translated("Comparison with the baseline") if has_baseline(report.settings) else translated("Metrics")


def describe_test_rows(report: Report) -> str | None:
    """Return the data from which the metrics were computed; None if it is not declared."""
    test, target = report.settings.test, report.settings.target
    if test is None:
        return None
    rows = read_number(report.outputs, test, test.rows)
    share = weighted_mean(read_groups(report.outputs, test, test.calibration, target), "observed")
    number = Message(", {rows:,.0f} {items}", rows=rows, items=target.items) if rows is not None else ""
    events = Message(", {share} of them {event}", share=format_percent(share or 0, 1), event=target.event)
    return translated(
        "Test data: {data}{number}{events}.",
        data=test.data,
        number=number,
        events=events if target.event and share is not None else "",
    )


def describe_scored_rows(report: Report, groups: tuple[Group, ...]) -> str | None:
    """Return the predicted and observed means of all rows scored afterwards; None without such rows."""
    predicted, observed = weighted_mean(groups, "predicted"), weighted_mean(groups, "observed")
    section, target = report.settings.predictions, report.settings.target
    if section is None or predicted is None or observed is None:
        return None
    rows = sum(group.rows for group in groups)
    first, second = (format_prediction(value, target, 1) for value in (predicted, observed))
    if target.event:
        return translated(
            "The model predicted that {first} of the {rows:,} {items} of {data} would be {event}; {second} were.",
            first=first,
            rows=rows,
            items=target.items,
            data=section.data,
            event=target.event,
            second=second,
        )
    return translated(
        "The mean predicted {value} of the {rows:,} {items} of {data} is {first}; the observed mean is {second}.",
        value=name_value(target),
        rows=rows,
        items=target.items,
        data=section.data,
        first=first,
        second=second,
    )


def describe_subject(report: Report) -> str:
    """Return what the groups of rows are compared by, such as "share of late flights" or "mean price of houses"."""
    target = report.settings.target
    if target.event:
        return translated("share of {event} {items}", event=target.event, items=target.items)
    return translated("mean {value} of {items}", value=name_value(target), items=target.items)


def describe_idle_cost(report: Report) -> str | None:
    """Return the idle cost of all stacks; None if no cost is known."""
    known = [stack.idle_usd for stack in report.stacks if stack.idle_usd is not None]
    unknown = [stack.name for stack in report.stacks if stack.idle_usd is None]
    if not known:
        return None
    excluded = Message(", excluding {names} (unknown)", names=join_names(unknown)) if unknown else ""
    return translated(
        "The idle cost on AWS is {cost} a month{excluded}. Jobs, requests and stored data are charged in addition.",
        cost=format_usd(sum(known)),
        excluded=excluded,
    )


def describe_stack_cost(stack: StackReport) -> str:
    """Return the idle cost of a stack, such as "idle 1.20 USD a month"."""
    cost = format_usd(stack.idle_usd)
    if stack.idle_usd is None:
        return translated("idle {cost}", cost=cost)
    return translated("idle {cost} a month", cost=cost)


def describe_other_features(number: int, share: float) -> str:
    """Return how many features are not listed, and their share of the importance."""
    features = counted(number, "{number:,} other feature", "{number:,} other features")
    return translated("{features} together: {share}.", features=features, share=format_percent(share, 1))


def explain_missing_metrics(pipeline: PipelineReport) -> str:
    """Return why there are no metrics."""
    failed = find_failed_step(pipeline)
    if failed:
        return translated("There are no metrics: the step {step} failed before they were written.", step=failed.name)
    return translated("There are no metrics: the pipeline did not write any.")


def registers_models(pipeline: PipelineReport) -> bool:
    """Return whether the pipeline has a step that registers a model."""
    return any(step.type == "RegisterModel" for step in pipeline.steps)


def explain_missing_model(pipeline: PipelineReport) -> str:
    """Return why no model was registered."""
    if find_fail_step(pipeline):
        return translated("No model was registered: the pipeline rejected it, because its condition was not met.")
    skipped = [step.name for step in pipeline.steps if step.status in ("Skipped", "Stopped")]
    if skipped:
        return translated("No model was registered: {steps} did not run.", steps=join_names(skipped))
    return translated("No model was registered.")
