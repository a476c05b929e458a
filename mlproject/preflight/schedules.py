"""Check that each schedule has future dates."""

from __future__ import annotations

from collections.abc import Iterator

from mlproject.outcome import Outcome, ok, problem
from mlproject.parameters.checks.schedules import expired_message
from mlproject.preflight.account_reader import AccountReader


def check_schedules(account: AccountReader) -> Iterator[Outcome]:
    """Check that each project's schedule runs again."""
    for deployment in account.requirements.deployments:
        schedule = deployment.operations.schedule if deployment.operations else None
        if schedule is None:
            continue
        message = expired_message(schedule, now=account.now)
        where = f"operations.schedule of projects/{deployment.project}/project.yaml"
        if message:
            yield problem("schedules", f"{deployment.project}: {message}", f"use future dates in {where}")
        else:
            yield ok("schedules", f"{deployment.project}: {schedule.expression} has future dates")
