"""The content of summary.json, the report for programs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mlproject.report.model import Report, count_by_type

# The pipeline's own files contain the lists by bin and by day. The summary contains single values only.
_LISTS = ("calibration", "days")


def build_summary(report: Report) -> dict[str, Any]:
    """Return the report as JSON-compatible values.

    Seconds are wall-clock time, rounded to milliseconds. `metrics`, `scoring` and the keys of the model are None if the
    pipeline ended before it created them. NaN and infinite numbers are None, since JSON does not support them.
    """
    pipeline, model = report.pipeline, report.model
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
        "pipeline": {
            "name": pipeline.name,
            "execution_arn": pipeline.execution_arn,
            "status": pipeline.status,
            "failure": pipeline.failure,
            "seconds": _seconds(pipeline.seconds),
            "steps": {
                step.name: {"status": step.status, "seconds": _seconds(step.seconds), "cached": step.cached}
                for step in pipeline.steps
            },
        },
        "metrics": _numbers(report.metrics),
        "scoring": _numbers(report.scoring),
        "model_package_arn": model.package_arn if model else None,
        "model": {
            "version": model.version,
            "approval_status": model.approval_status,
            "metrics_uri": model.metrics_uri,
            "commit": model.commit,
            "definition_hash": model.definition_hash,
            "data_version": model.data_version,
        }
        if model
        else None,
    }


def _seconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _numbers(metrics: Mapping[str, object] | None) -> dict[str, Any] | None:
    if metrics is None:
        return None
    return {key: _to_json(value) for key, value in metrics.items() if key not in _LISTS}


def _to_json(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _to_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_to_json(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
