"""What happened, as frozen values: the only input of the page, the summary and the terminal's views."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mlproject.drawing import Plan

StepStatus = Literal["Succeeded", "Failed", "Skipped", "Stopped"]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the pipeline's model answers, in the words that a reader of the report should meet.

    Args:
        text: the question as a sentence.
        things: what is judged, in the plural: "flights".
        event: what is predicted of one of them, as an adjective: "late".
        otherwise: its opposite: "on time".
        baseline: how the baseline answers.
        tested_on: which rows gave the metrics.
        scored_on: which rows were predicted afterwards.
        features: what a feature of the model is, in words, by its name.
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
    """A part of the whole, with its wall-clock seconds."""

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
        seconds: wall-clock, of its deployment.
        idle_usd: what a month of it costs on AWS while nobody uses it; None if that is not known.
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
        status: what became of it; a branch that was not taken is "Skipped".
        seconds: wall-clock; None when it did not run.
        cached: its outputs came from an earlier run.
        depends_on: names of the steps that it waits for.
        branch: "if <condition>" or "else <condition>" when it belongs to a condition's branch.
        detail: a sentence on what happened, such as the outcome of a condition or the cause of a failure.
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
        failure: why it did not succeed, in a sentence.
        seconds: wall-clock.
    """

    name: str
    execution_arn: str
    status: str
    seconds: float
    steps: tuple[StepReport, ...]
    failure: str | None = None


@dataclass(frozen=True, kw_only=True)
class ModelReport:
    """The registered model package and where it comes from."""

    package_arn: str
    version: int
    approval_status: str
    metrics_uri: str
    commit: str
    definition_hash: str
    data_version: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that the report tells.

    Args:
        endpoint: address of the embedded AWS; None on the real one.
        started: ISO 8601, given by the caller.
        wall_seconds: the whole, wall-clock.
        metrics: what evaluate wrote (metrics.json); None when the pipeline did not get there.
        scoring: what score wrote (report.json); None when the pipeline did not get there.
        model: None when none was registered.
        plan: the architecture of what was deployed; None when there is no picture of it.
        next_steps: pairs of a command and what it does.
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
    """How many resources of each type the stacks hold, by name of the type."""
    counts = Counter(resource.type for stack in stacks for resource in stack.resources)
    return dict(sorted(counts.items()))
