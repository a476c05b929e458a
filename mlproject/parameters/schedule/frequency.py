"""The number of times that a schedule runs."""

from __future__ import annotations

from fractions import Fraction

from mlproject.parameters.schedule.cron_fields import parse_cron

# A year without a leap day, so that the result does not depend on today.
_SAMPLE_YEAR = 2025
_HOURS_PER_YEAR = 365 * 24
_RATE_HOURS = {"minute": Fraction(1, 60), "hour": Fraction(1), "day": Fraction(24)}


def runs_per_year(expression: str) -> Fraction:
    """Return how many times a schedule runs in a year of 365 days.

    A cron expression that is limited to some years is counted as in one of these years.

    Args:
        expression: a valid expression, such as `cron(0 4 * * ? *)` or `rate(12 hours)`.
    """
    kind, _, rest = expression.partition("(")
    if kind == "rate":
        number, unit = rest[:-1].split()
        return _HOURS_PER_YEAR / (int(number) * _RATE_HOURS[unit.removesuffix("s")])
    cron = parse_cron(rest[:-1])
    year = _SAMPLE_YEAR if _SAMPLE_YEAR in cron.years else min(cron.years)
    days = sum(len(cron.days_of(year, month)) for month in cron.months)
    return Fraction(days * len(cron.hours) * len(cron.minutes))
