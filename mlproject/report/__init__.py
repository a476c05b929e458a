"""What happened in a run, told three ways: a page, a summary for programs, views for the terminal. Pure."""

from __future__ import annotations

from mlproject.report.model import (
    ModelReport,
    Phase,
    PipelineReport,
    Question,
    Report,
    ResourceReport,
    StackReport,
    StepReport,
)

__all__ = [
    "ModelReport",
    "Phase",
    "PipelineReport",
    "Question",
    "Report",
    "ResourceReport",
    "StackReport",
    "StepReport",
]
