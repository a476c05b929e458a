"""The dates on which a cron expression of EventBridge Scheduler runs.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

SATURDAY = 7


@dataclass(frozen=True, kw_only=True)
class Cron:
    """A parsed cron expression. Either the days of the month or the weekdays are empty.

    Args:
        minutes, hours: of the day.
        days: days of the month. `special_days` depend on the calendar, such as `L` or `15W`.
        months: from 1.
        weekdays: from 1, Sunday. `special_weekdays` are such as `6L` or `2#1`, with names replaced by numbers.
        years: 1970 to 2199.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    special_days: frozenset[str]
    months: frozenset[int]
    weekdays: frozenset[int]
    special_weekdays: frozenset[str]
    years: frozenset[int]

    def days_of(self, year: int, month: int) -> set[int]:
        """Return the matching days of a month, whether or not the year and month match."""
        last = calendar.monthrange(year, month)[1]
        days = {day for day in self.days if day <= last}
        days |= {day for day in range(1, last + 1) if _weekday(year, month, day) in self.weekdays}
        for text in self.special_days:
            days |= _special_day(text, year, month, last)
        for text in self.special_weekdays:
            days |= _special_weekday(text, year, month, last)
        return days

    def next_day(self, since: date) -> date | None:
        """Return the first matching date on or after a date; None if there is none."""
        for year in sorted(each for each in self.years if each >= since.year):
            for month in sorted(self.months):
                dates = (date(year, month, day) for day in sorted(self.days_of(year, month)))
                found = next((day for day in dates if day >= since), None)
                if found is not None:
                    return found
        return None

    def runs_after(self, moment: datetime) -> bool:
        """Whether there is a match after a moment, given in the time zone of the schedule."""
        today = moment.date()
        later_today = (moment.hour, moment.minute) < (max(self.hours), max(self.minutes))
        return self.next_day(today if later_today else today + timedelta(days=1)) is not None


def _weekday(year: int, month: int, day: int) -> int:
    return date(year, month, day).isoweekday() % 7 + 1


def _special_day(text: str, year: int, month: int, last: int) -> set[int]:
    """Resolve `L` (last day of the month), `LW` (last weekday) or `15W` (weekday closest_match to the 15th)."""
    if text == "L":
        return {last}
    day = last if text == "LW" else int(text.removesuffix("W"))
    if day > last:
        return set()
    weekday = _weekday(year, month, day)
    if weekday == SATURDAY:
        return {day - 1 if day > 1 else day + 2}
    if weekday == 1:
        return {day + 1 if day < last else day - 2}
    return {day}


def _special_weekday(text: str, year: int, month: int, last: int) -> set[int]:
    """Resolve `L` (last day of the week), `6L` (last Friday of the month) or `2#1` (first Monday)."""
    number = int(match[0]) if (match := re.match(r"\d", text)) else SATURDAY
    days = [day for day in range(1, last + 1) if _weekday(year, month, day) == number]
    if text == "L":
        return set(days)
    if text.endswith("L"):
        return {days[-1]}
    return set(days[int(text.partition("#")[2]) - 1 :][:1])
