"""The parts of a report as frozen values: stacks, steps, the pipeline, its outputs and its model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

StepStatus = Literal["Planned", "Succeeded", "Failed", "Skipped", "Stopped"]


@dataclass(frozen=True, kw_only=True)
class OutputFile:
    """A file in an output of a step."""

    step: str
    output: str
    file: str

    def __str__(self) -> str:
        return f"{self.step}/{self.output}/{self.file}"


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
        status: the final status; "Skipped" in a branch that was not taken, "Planned" in a picture without a run.
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
    """The registered model package and its lineage, as far as the registration contains it.

    Args:
        version: the version in its group; None outside groups.
        approval_status: such as "PendingManualApproval"; None outside groups.
        metrics_uri: the statistics in ModelMetrics.
        commit: the commit in MetadataProperties.
        metadata: CustomerMetadataProperties.
    """

    package_arn: str
    version: int | None = None
    approval_status: str | None = None
    metrics_uri: str | None = None
    commit: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """The contents of the JSON files that the settings of the report refer to.

    Args:
        contents: the parsed files that were read.
        problems: why other files of completed steps were not read, one sentence each.
    """

    contents: Mapping[OutputFile, object] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def count_by_type(stacks: tuple[StackReport, ...]) -> dict[str, int]:
    """Return the number of resources in the stacks by resource type."""
    counts = Counter(resource.type for stack in stacks for resource in stack.resources)
    return dict(sorted(counts.items()))
