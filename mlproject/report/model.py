"""The content of a report as frozen values, the only input of the page, the summary and the terminal tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mlproject.drawing import Plan

StepStatus = Literal["Succeeded", "Failed", "Skipped", "Stopped"]


@dataclass(frozen=True, kw_only=True)
class Question:
    """The question that the pipeline's model answers, with the terms that the report uses.

    Args:
        text: the question as a sentence.
        things: the classified items, in the plural, such as "flights".
        event: the predicted event, as an adjective, such as "late".
        otherwise: the opposite of the event, such as "on time".
        baseline: how the baseline predicts.
        tested_on: the test data, from which the metrics are computed.
        scored_on: the data that was scored afterwards.
        features: descriptions of the model's features by name.
    """

    text: str
    things: str
    event: str
    otherwise: str
    baseline: str
    tested_on: str
    scored_on: str
    features: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Phase:
    """A phase of the demo with its wall-clock seconds."""

    name: str
    seconds: float


@dataclass(frozen=True)
class ResourceReport:
    """A resource as CloudFormation lists it."""

    logical_id: str
    type: str
    physical_id: str
    status: str


@dataclass(frozen=True)
class StackReport:
    """A stack.

    Args:
        seconds: wall-clock seconds of the deployment.
        idle_usd: idle cost per month on AWS; None if it is unknown.
    """

    name: str
    status: str
    seconds: float
    resources: tuple[ResourceReport, ...]
    idle_usd: float | None = None


@dataclass(frozen=True, kw_only=True)
class StepReport:
    """A step of the pipeline.

    Args:
        name: unique in the pipeline.
        type: as in the definition: "Processing", "Training", "Condition", "RegisterModel", "Fail"...
        status: the final status; "Skipped" in a branch that was not taken.
        seconds: wall-clock seconds; None if the step did not run.
        cached: whether the outputs come from an earlier run.
        depends_on: names of the steps that it depends on.
        branch: "if <condition>" or "else <condition>" in a branch of a condition.
        detail: details such as the outcome of a condition or the cause of a failure, in one sentence.
    """

    name: str
    type: str
    status: StepStatus
    seconds: float | None
    cached: bool = False
    depends_on: tuple[str, ...] = ()
    branch: str | None = None
    detail: str | None = None


@dataclass(frozen=True, kw_only=True)
class PipelineReport:
    """An execution of the pipeline.

    Args:
        status: "Succeeded", "Failed" or "Stopped".
        failure: why it did not succeed, in one sentence.
        seconds: wall-clock seconds.
    """

    name: str
    execution_arn: str
    status: str
    seconds: float
    steps: tuple[StepReport, ...]
    failure: str | None = None


@dataclass(frozen=True, kw_only=True)
class ModelReport:
    """The registered model package and its lineage."""

    package_arn: str
    version: int
    approval_status: str
    metrics_uri: str
    commit: str
    definition_hash: str
    data_version: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """The content of a report.

    Args:
        endpoint: address of the embedded AWS; None for AWS itself.
        started: start time in ISO 8601.
        wall_seconds: total wall-clock seconds.
        metrics: metrics.json of the evaluate step; None if it was not written.
        scoring: report.json of the score step; None if it was not written.
        model: the registered model; None if none was registered.
        plan: the architecture that was deployed; None to show none.
        next_steps: pairs of a command and its description.
    """

    project: str
    environment: str
    region: str
    account: str
    endpoint: str | None
    started: str
    wall_seconds: float
    question: Question
    phases: tuple[Phase, ...]
    stacks: tuple[StackReport, ...]
    pipeline: PipelineReport
    metrics: Mapping[str, object] | None = None
    scoring: Mapping[str, object] | None = None
    model: ModelReport | None = None
    plan: Plan | None = None
    next_steps: tuple[tuple[str, str], ...] = ()


def count_by_type(stacks: tuple[StackReport, ...]) -> dict[str, int]:
    """Return the number of resources in the stacks by resource type."""
    counts = Counter(resource.type for stack in stacks for resource in stack.resources)
    return dict(sorted(counts.items()))
