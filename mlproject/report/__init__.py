"""Report a pipeline run as an HTML page, as a summary for programs, and as tables for the terminal. No I/O."""

from __future__ import annotations

from mlproject.report.content import Report
from mlproject.report.metrics import read_scores
from mlproject.report.model import (
    ModelReport,
    OutputFile,
    Outputs,
    Phase,
    PipelineReport,
    ResourceReport,
    StackReport,
    StepReport,
    StepStatus,
)
from mlproject.report.page import render_html
from mlproject.report.settings import ReportSettings, read_settings
from mlproject.report.settings_checks import settings_findings
from mlproject.report.settings_translations import read_translations, translate_settings
from mlproject.report.summary import build_summary
from mlproject.report.terminal import build_graph, build_metrics_table, build_resources_table

__all__ = [
    "ModelReport",
    "OutputFile",
    "Outputs",
    "Phase",
    "PipelineReport",
    "Report",
    "ReportSettings",
    "ResourceReport",
    "StackReport",
    "StepReport",
    "StepStatus",
    "build_graph",
    "build_metrics_table",
    "build_resources_table",
    "build_summary",
    "read_scores",
    "read_settings",
    "read_translations",
    "render_html",
    "settings_findings",
    "translate_settings",
]
