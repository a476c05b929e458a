"""Schedules against the clock: the one rule about parameters that another day answers differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from mlproject.parameters.finding import Finding
from mlproject.parameters.input_models.located_values import WrittenDeployment
from mlproject.parameters.input_models.operations import Schedule
from mlproject.parameters.schedule.expressions import is_over

ALLOWED = "an expression with dates to come, such as cron(0 4 * * ? *) for every day at 4:00"


def over_complaint(schedule: Schedule | None, *, now: datetime) -> str | None:
    """Why a schedule starts nothing any more, as a sentence without its full stop; None if it does.

    Args:
        schedule: the schedule, if there is one.
        now: an aware time.
    """
    if schedule is None or not is_over(schedule.expression, schedule.timezone, now=now):
        return None
    return f"{schedule.expression} never comes again: all its dates are past on {now.date()}"


def schedule_findings(written: Iterable[WrittenDeployment], *, now: datetime) -> Iterator[Finding]:
    """The schedules that can never come again.

    Args:
        written: the deployments.
        now: an aware time.
    """
    for each in written:
        operations = each.deployment.operations
        complaint = over_complaint(operations.schedule if operations else None, now=now)
        if complaint:
            yield each.place("operations", "schedule", "expression").finding(complaint, allowed=ALLOWED)
