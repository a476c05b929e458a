"""Validate that schedules have future dates: the only rule about parameters that depends on today's date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from mlproject.parameters.findings import Finding
from mlproject.parameters.input_models.located_values import LocatedDeployment
from mlproject.parameters.input_models.operations import Schedule
from mlproject.parameters.schedule.expressions import has_expired

ALLOWED = "an expression with future dates, such as cron(0 4 * * ? *) for every day at 4:00"


def expired_message(schedule: Schedule | None, *, now: datetime) -> str | None:
    """Return an error message, without the final period, if all dates of a schedule have passed; otherwise None.

    Args:
        schedule: the schedule, if there is one.
        now: a timezone-aware time.
    """
    if schedule is None or not has_expired(schedule.expression, schedule.timezone, now=now):
        return None
    return f"{schedule.expression} never runs again: all its dates have passed (today is {now.date()})"


def schedule_findings(deployments: Iterable[LocatedDeployment], *, now: datetime) -> Iterator[Finding]:
    """Yield a finding for each schedule whose dates have all passed.

    Args:
        deployments: the deployments with the lines of their values.
        now: a timezone-aware time.
    """
    for each in deployments:
        operations, serving = each.deployment.operations, each.deployment.serving
        batch = serving.batch if serving else None
        schedules = {
            ("operations", "schedule"): operations.schedule if operations else None,
            ("serving", "batch", "schedule"): batch.schedule if batch else None,
        }
        for keys, schedule in schedules.items():
            message = expired_message(schedule, now=now)
            if message:
                yield each.place(*keys, "expression").finding(message, allowed=ALLOWED)
