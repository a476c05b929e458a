"""The results of a run and of its steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from mlproject.runner.embedded.denials import MissingPermission

# The statuses of ListPipelineExecutionSteps that a local run can reach, and Skipped, for steps that AWS does not list.
StepStatus = Literal["Executing", "Succeeded", "Failed", "Stopped", "Skipped"]
RunStatus = Literal["Succeeded", "Failed", "Stopped"]


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """The result of a step, finished or not.

    Args:
        name: the step's name in the definition.
        type: Processing, Training, Condition, ...
        status: Executing while it runs; Skipped if its branch was not taken or the run ended before it started.
        started: UTC; None if it never started.
        seconds: wall time from start to end, 0 while it runs.
        cached: whether its outputs come from an earlier run.
        source: the ARN of the execution that created the outputs, if cached.
        failure: the reason of the failure, with the last lines of its log.
        log: the output of the step's process; None for a step without a process.
        properties: the values of `Steps.<name>.*` references.
        metadata: its metadata in ListPipelineExecutionSteps.
        empty_outputs: the names of outputs without a file.
        stood_in: whether its properties are those of a stand-in, so that nothing ran.
    """

    name: str
    type: str
    status: StepStatus
    started: datetime | None = None
    seconds: float = 0.0
    cached: bool = False
    source: str | None = None
    failure: str | None = None
    log: Path | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    empty_outputs: tuple[str, ...] = ()
    stood_in: bool = False


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """The result of a run.

    Args:
        execution_arn: the ARN of the execution in AWS or the embedded AWS; a generated one without a server.
        status: Succeeded, Failed or Stopped.
        failure: the reason of the failure, with the step.
        seconds: wall time.
        steps: in the order of the definition, including skipped steps.
        outputs: the URI of every output, by step and output name.
        property_files: the parsed property files, by `Step.PropertyFileName`.
        model_package_arn: the last registered model package.
        folder: logs and property files of this run; None for a run on AWS.
        missing: the permissions that the roles lack, if the run reports them instead of enforcing them; otherwise None.
    """

    execution_arn: str
    status: RunStatus
    failure: str | None
    seconds: float
    steps: tuple[StepResult, ...]
    outputs: Mapping[str, Mapping[str, str]]
    property_files: Mapping[str, Any]
    model_package_arn: str | None
    folder: Path | None
    missing: tuple[MissingPermission, ...] | None = None

    @property
    def execution_id(self) -> str:
        return self.execution_arn.rpartition("/")[2]

    def step(self, name: str) -> StepResult:
        """Return the result of a step.

        Raises:
            KeyError: the definition has no such step.
        """
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)


# Called when a step starts or ends.
Observer = Callable[[StepResult], None]
