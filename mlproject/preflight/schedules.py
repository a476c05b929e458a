"""Whether the schedules will start anything."""

from __future__ import annotations

from collections.abc import Iterator

from mlproject.outcome import Outcome, ok, problem
from mlproject.parameters.checks.schedules import expired_message
from mlproject.preflight.look import Look


def schedules(look: Look) -> Iterator[Outcome]:
    """Whether each project's schedule comes again."""
    for deployment in look.wanted.deployments:
        schedule = deployment.operations.schedule if deployment.operations else None
        if schedule is None:
            continue
        complaint = expired_message(schedule, now=look.now)
        where = f"operations.schedule of projects/{deployment.project}/project.yaml"
        if complaint:
            yield problem("schedules", f"{deployment.project}: {complaint}", f"write dates to come in {where}")
        else:
            yield ok("schedules", f"{deployment.project}: {schedule.expression} comes again")
