"""Report a pipeline run as an HTML page, as a summary for programs, and as tables for the terminal. No I/O."""

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
    StepStatus,
)
from mlproject.report.page import render_html
from mlproject.report.summary import build_summary
from mlproject.report.terminal import build_graph, build_metrics_table, build_resources_table

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
    "build_graph",
    "build_metrics_table",
    "build_resources_table",
    "build_summary",
    "render_html",
]
