"""Check that each schedule has future dates."""

from __future__ import annotations

from collections.abc import Iterator

from mlproject.outcome import Outcome, ok, problem
from mlproject.parameters.checks.schedules import expired_message
from mlproject.preflight.account_reader import AccountReader


def check_schedules(account: AccountReader) -> Iterator[Outcome]:
    """Check that each project's schedule runs again."""
    for deployment in account.requirements.deployments:
        batch = deployment.serving.batch if deployment.serving else None
        schedules = {
            "operations.schedule": deployment.operations.schedule if deployment.operations else None,
            "serving.batch.schedule": batch.schedule if batch else None,
        }
        for key, schedule in schedules.items():
            if schedule is None:
                continue
            message = expired_message(schedule, now=account.now)
            where = f"{key} of projects/{deployment.project}/project.yaml"
            if message:
                yield problem("schedules", f"{deployment.project}: {message}", f"use future dates in {where}")
            else:
                yield ok("schedules", f"{deployment.project}: {schedule.expression} has future dates")
