"""The content of summary.json, the report for programs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mlproject.report.content import Report
from mlproject.report.metrics import read_scores
from mlproject.report.model import ModelReport, PipelineReport, count_by_type


def build_summary(report: Report) -> dict[str, Any]:
    """Return the report as JSON-compatible values.

    Seconds are wall-clock time, rounded to milliseconds. `pipeline` and `model` are None if there is none. `metrics`
    contains the metrics in report.json by label, `outputs` the files in which they are, without their tables; both are
    empty if the pipeline ended before it created them. NaN and infinite numbers are None, since JSON does not support
    them.
    """
    scores = read_scores(report.settings, report.outputs)
    return {
        "project": report.project,
        "environment": report.environment,
        "region": report.region,
        "account": report.account,
        "endpoint": report.endpoint,
        "started": report.started,
        "wall_seconds": _seconds(report.wall_seconds),
        "phases": {phase.name: _seconds(phase.seconds) for phase in report.phases},
        "stacks": [
            {
                "name": stack.name,
                "status": stack.status,
                "seconds": _seconds(stack.seconds),
                "resources": len(stack.resources),
                "idle_usd_per_month": stack.idle_usd,
            }
            for stack in report.stacks
        ],
        "resources": count_by_type(report.stacks),
        "pipeline": _pipeline(report.pipeline) if report.pipeline else None,
        "metrics": {
            score.label: {
                "model": score.model,
                "baseline": score.baseline,
                "better": "higher" if score.higher_is_better else "lower",
            }
            for score in scores
        },
        "outputs": {str(file): _to_json(content) for file, content in report.outputs.contents.items()},
        "model_package_arn": report.model.package_arn if report.model else None,
        "model": _model(report.model) if report.model else None,
    }


def _pipeline(pipeline: PipelineReport) -> dict[str, Any]:
    return {
        "name": pipeline.name,
        "execution_arn": pipeline.execution_arn,
        "status": pipeline.status,
        "failure": pipeline.failure,
        "seconds": _seconds(pipeline.seconds),
        "steps": {
            step.name: {"status": step.status, "seconds": _seconds(step.seconds), "cached": step.cached}
            for step in pipeline.steps
        },
    }


def _model(model: ModelReport) -> dict[str, Any]:
    return {
        "version": model.version,
        "approval_status": model.approval_status,
        "metrics_uri": model.metrics_uri,
        "commit": model.commit,
        "metadata": dict(model.metadata),
    }


def _seconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _to_json(value: object) -> object:
    """Return a value without its tables, which stay in the pipeline's own files."""
    if isinstance(value, Mapping):
        return {str(key): _to_json(inner) for key, inner in value.items() if not _is_table(inner)}
    if isinstance(value, list | tuple):
        return [_to_json(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _is_table(value: object) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(row, Mapping) for row in value)
