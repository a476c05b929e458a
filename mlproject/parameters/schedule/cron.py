"""When a cron expression of EventBridge Scheduler comes: its dates on the calendar.

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
    """A parsed expression; exactly one of the two kinds of days holds anything.

    Args:
        minutes, hours: of the day.
        days: days of the month; `special_days` are those that only a calendar knows, such as `L` or `15W`.
        months: from 1.
        weekdays: from 1, Sunday; `special_weekdays` are such as `6L` or `2#1`, names replaced by numbers.
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
        """The days of a month on which it comes, whether or not year and month are its own."""
        last = calendar.monthrange(year, month)[1]
        days = {day for day in self.days if day <= last}
        days |= {day for day in range(1, last + 1) if _weekday(year, month, day) in self.weekdays}
        for text in self.special_days:
            days |= _special_day(text, year, month, last)
        for text in self.special_weekdays:
            days |= _special_weekday(text, year, month, last)
        return days

    def next_day(self, since: date) -> date | None:
        """The first date on or after another on which it comes; None if it comes on none."""
        for year in sorted(each for each in self.years if each >= since.year):
            for month in sorted(self.months):
                coming = (date(year, month, day) for day in sorted(self.days_of(year, month)))
                found = next((day for day in coming if day >= since), None)
                if found is not None:
                    return found
        return None

    def comes_after(self, moment: datetime) -> bool:
        """Whether it comes at any time after a moment, which is of the schedule's own time zone."""
        today = moment.date()
        later_today = (moment.hour, moment.minute) < (max(self.hours), max(self.minutes))
        return self.next_day(today if later_today else today + timedelta(days=1)) is not None


def _weekday(year: int, month: int, day: int) -> int:
    return date(year, month, day).isoweekday() % 7 + 1


def _special_day(text: str, year: int, month: int, last: int) -> set[int]:
    """`L` is the month's last day, `LW` its last working day, `15W` the working day nearest to the 15th."""
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
    """`L` is the week's last day, `6L` the month's last Friday, `2#1` its first Monday."""
    number = int(match[0]) if (match := re.match(r"\d", text)) else SATURDAY
    all_of_them = [day for day in range(1, last + 1) if _weekday(year, month, day) == number]
    if text == "L":
        return set(all_of_them)
    if text.endswith("L"):
        return {all_of_them[-1]}
    return set(all_of_them[int(text.partition("#")[2]) - 1 :][:1])
