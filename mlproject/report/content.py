"""The content of a whole report, the only input of the page, the summary and the terminal tables."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlproject.drawing import Plan
from mlproject.report.model import ModelReport, Outputs, Phase, PipelineReport, StackReport
from mlproject.report.settings import ReportSettings


@dataclass(frozen=True, kw_only=True)
class Report:
    """The content of a report.

    Args:
        endpoint: address of the embedded AWS; None for AWS itself.
        started: start time in ISO 8601.
        wall_seconds: total wall-clock seconds.
        pipeline: the execution of the pipeline; None for a project without a pipeline.
        settings: what the pipeline's report.json declares.
        outputs: the files that the settings refer to.
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
    phases: tuple[Phase, ...]
    stacks: tuple[StackReport, ...]
    pipeline: PipelineReport | None = None
    settings: ReportSettings = field(default_factory=ReportSettings)
    outputs: Outputs = field(default_factory=Outputs)
    model: ModelReport | None = None
    plan: Plan | None = None
    next_steps: tuple[tuple[str, str], ...] = ()
