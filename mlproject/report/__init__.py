"""What happened in a run, told three ways: a page, a summary for programs, views for the terminal. Pure."""

from __future__ import annotations

from mlproject.report.digest import summary
from mlproject.report.model import (
    ModelReport,
    Phase,
    PipelineReport,
    Question,
    Report,
    ResourceReport,
    StackReport,
    StepReport,
    StepStatus,
)
from mlproject.report.page import html
from mlproject.report.terminal import graph_lines, metrics_table, resources_table

__all__ = [
    "ModelReport",
    "Phase",
    "PipelineReport",
    "Question",
    "Report",
    "ResourceReport",
    "StackReport",
    "StepReport",
    "StepStatus",
    "graph_lines",
    "html",
    "metrics_table",
    "resources_table",
    "summary",
]
