"""What a monthly estimate assumes about the use of a project, since the parameters do not say it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from mlproject.costs.line import HOURS_PER_MONTH

_MINUTES_PER_HOUR = 60


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """Assumed use in a month. Our defaults: nobody else knows how a team works.

    Args:
        work_days: days with work in notebooks and clusters.
        notebook_hours: hours of work in each notebook on such a day.
        cluster_hours: hours of work on the cluster, or of jobs of the application, on such a day.
        manual_runs: executions of the pipeline that people start, in addition to its schedule.
        step_minutes: duration of each job of a pipeline, from the start of its instances to their end.
        data_gb: data in the project's buckets.
    """

    work_days: Decimal = Decimal(21)
    notebook_hours: Decimal = Decimal(4)
    cluster_hours: Decimal = Decimal(1)
    manual_runs: Decimal = Decimal(10)
    step_minutes: Decimal = Decimal(5)
    data_gb: Decimal = Decimal(10)

    def running_hours(self, hours_per_day: Decimal, *, idle_minutes: int) -> Decimal:
        """Return the hours per month of something that starts once a day and stops itself when idle.

        Args:
            hours_per_day: hours of work.
            idle_minutes: minutes without work after which it stops.
        """
        if not hours_per_day:
            return Decimal(0)
        daily = min(hours_per_day + Decimal(idle_minutes) / _MINUTES_PER_HOUR, Decimal(24))
        return min(self.work_days * daily, Decimal(HOURS_PER_MONTH))

    @property
    def job_hours(self) -> Decimal:
        return self.step_minutes / _MINUTES_PER_HOUR
