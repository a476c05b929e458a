"""What a run tells: one value per step, one for the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from mlproject.runner.embedded.denials import Missing

# The statuses of ListPipelineExecutionSteps that a local run can reach, and Skipped, which AWS shows by silence.
StepStatus = Literal["Executing", "Succeeded", "Failed", "Stopped", "Skipped"]
RunStatus = Literal["Succeeded", "Failed", "Stopped"]


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """One step of a run, finished or not.

    Args:
        name: the step's name in the definition.
        type: Processing, Training, Condition, ...
        status: Executing while it runs; Skipped when its branch was not taken or the run ended before.
        started: UTC; None when it never started.
        seconds: wall time from start to end, 0 while it runs.
        cached: its outputs are those of an earlier run.
        source: the ARN of the execution that made the outputs, when cached.
        failure: why it failed, one sentence and the last lines of its log.
        log: what the step's process printed; None for a step without a process.
        properties: what `Steps.<name>.*` references see.
        metadata: what ListPipelineExecutionSteps shows about it.
        empty_outputs: the names of outputs in which its process left no file.
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


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """A whole run.

    Args:
        execution_arn: the execution's name in the embedded AWS (or a made-up one without a server).
        status: Succeeded, Failed or Stopped.
        failure: why it failed, naming the step.
        seconds: wall time.
        steps: in the order of the definition, skipped ones too.
        outputs: the URI of every output, by step and output name.
        property_files: the parsed property files, by `Step.PropertyFileName`.
        model_package_arn: the last registered model package.
        folder: logs and property files of this run; None for a run on AWS.
        missing: what the roles may not do, of a run that lets it through and reports it; None of any other run.
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
    missing: tuple[Missing, ...] | None = None

    @property
    def execution_id(self) -> str:
        return self.execution_arn.rpartition("/")[2]

    def step(self, name: str) -> StepResult:
        """The step of this name.

        Raises:
            KeyError: the definition has no such step.
        """
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)
