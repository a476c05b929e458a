"""The report for programs: what goes into summary.json."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mlproject.report.model import Report, count_by_type

# Lists by bin and by day belong to the pipeline's own files; the summary keeps what is compared at a glance.
_LISTS = ("calibration", "days")


def summary(report: Report) -> dict[str, Any]:
    """The report as values that JSON knows.

    Seconds are wall-clock, rounded to milliseconds. `metrics`, `scoring` and the keys of the model are None when the
    pipeline did not get there; a number that JSON lacks (not a number, infinite) is None, too.
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
    return {key: _plain(value) for key, value in metrics.items() if key not in _LISTS}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
