"""Reports of pipelines that have nothing in common with the example's: a regression, and one that registers nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mlproject.report import ModelReport, OutputFile, Outputs, PipelineReport, Report, ReportSettings, StepReport
from tests.report import sample

STEPS = (
    StepReport(name="Fetch", type="Processing", status="Succeeded", seconds=2.0),
    StepReport(name="Fit", type="Training", status="Succeeded", seconds=5.0, depends_on=("Fetch",)),
    StepReport(name="Measure", type="Processing", status="Succeeded", seconds=1.0, depends_on=("Fit",)),
)
PIPELINE = PipelineReport(
    name="houses-local",
    execution_arn=f"{sample.ARN}:pipeline/houses-local/execution/a",
    status="Succeeded",
    seconds=8.0,
    steps=STEPS,
)
NOTHING_DECLARED = replace(
    sample.GOOD,
    project="houses",
    pipeline=PIPELINE,
    settings=ReportSettings(),
    outputs=Outputs(),
    model=None,
)
NO_PIPELINE = replace(NOTHING_DECLARED, pipeline=None)

FILE = {"step": "Measure", "output": "report", "file": "evaluation/report.json"}
EVALUATION = OutputFile(step="Measure", output="report", file="evaluation/report.json")


def declared(**keys: Any) -> ReportSettings:
    """The settings of a report.json with these keys."""
    return ReportSettings.model_validate(keys)


DAYS = [
    {"day": "2026-01-01", "rows": 10, "predicted": 210000, "observed": 205000},
    {"day": "2026-01-02", "rows": 30, "predicted": 230000, "observed": 225000},
]
# A regression without a baseline.
HOUSES = replace(
    NOTHING_DECLARED,
    settings=declared(
        question="For how much will this house sell?",
        target={"items": "houses", "value": "price"},
        metrics=(
            {**FILE, "label": "RMSE", "path": "regression_metrics.rmse.value", "direction": "lower"},
            {**FILE, "label": "R2", "path": "regression_metrics.r2.value", "direction": "higher", "decimals": 2},
        ),
        predictions={**FILE, "data": "January 2026", "days": "days"},
    ),
    outputs=Outputs(
        contents={
            EVALUATION: {
                "regression_metrics": {"rmse": {"value": 41234.7}, "r2": {"value": 0.8123}},
                "days": DAYS,
            }
        }
    ),
)
# Three classes, and a registration without metrics, commit and metadata.
WINES: Report = replace(
    NOTHING_DECLARED,
    project="wines",
    pipeline=replace(
        PIPELINE,
        steps=(
            *STEPS,
            StepReport(
                name="Save", type="RegisterModel", status="Succeeded", seconds=0.1, depends_on=("Fit", "Measure")
            ),
        ),
    ),
    settings=declared(
        metrics=(
            {**FILE, "label": "Accuracy", "path": "accuracy", "baseline": "most_frequent", "direction": "higher"},
        ),
    ),
    outputs=Outputs(contents={EVALUATION: {"accuracy": 0.9722, "most_frequent": 0.4, "f1": {"red": 0.9}}}),
    model=ModelReport(package_arn=f"{sample.ARN}:model-package/wines"),
)
