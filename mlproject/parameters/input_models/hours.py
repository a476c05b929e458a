"""The hours in which a notebook instance runs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

from mlproject.parameters.findings import InvalidValueError
from mlproject.parameters.input_models.fields import FrozenModel, parameter, validate_distinct
from mlproject.parameters.schedule import expressions
from mlproject.translation import Message

Day = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
DAYS: tuple[Day, ...] = get_args(Day)
# Our margin: at `stop` the instance saves the work and stops itself. If it does not, a schedule stops it later.
STOP_MINUTES = 10
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"


def minute_of_day(value: object) -> int | None:
    """Return the minutes since midnight of a time of day such as `08:30`, or None for any other value."""
    if not isinstance(value, str) or not re.fullmatch(_TIME, value):
        return None
    hour, minute = (int(each) for each in value.split(":"))
    return hour * 60 + minute


def _validate_time(text: str) -> str:
    if not re.fullmatch(_TIME, text):
        padded = text.zfill(len("00:00"))
        raise InvalidValueError(
            Message("{text} is not a time of day", text=text), suggestion=padded if re.fullmatch(_TIME, padded) else ""
        )
    return text


Time = Annotated[str, AfterValidator(_validate_time)]


class Hours(FrozenModel):
    """The hours in which a notebook instance runs, unless it stops because it is idle."""

    start: Time = parameter("The time at which the instance starts.", allowed="a time of day such as 08:30")
    stop: Time = parameter(
        "The time at which the instance stops, on the next day if it is before the start.",
        allowed="a time of day such as 20:00",
    )
    days: Annotated[tuple[Day, ...], AfterValidator(validate_distinct)] = parameter(
        "The days on which the instance starts. Default: MON to FRI.",
        allowed=f"a list of at least one of {', '.join(DAYS)}",
        default=DAYS[:5],
        min_length=1,
    )
    timezone: Annotated[str, AfterValidator(expressions.validate_timezone)] = parameter(
        "The time zone of the times. Default UTC.", allowed="an IANA name such as UTC or Europe/Madrid", default="UTC"
    )

    @property
    def start_expression(self) -> str:
        """Schedule expression of the starts, such as `cron(30 8 ? * MON,TUE *)`."""
        return _expression(self.start, self.days)

    @property
    def stop_days(self) -> tuple[Day, ...]:
        """The days on which the instance stops."""
        return _ordered(self.days if self.start < self.stop else _next_days(self.days))

    @property
    def stop_expression(self) -> str:
        """Schedule expression of the stops, STOP_MINUTES after the instance saves the work and stops itself."""
        hour, minute = (int(each) for each in self.stop.split(":"))
        day, minutes = divmod(hour * 60 + minute + STOP_MINUTES, 24 * 60)
        later = f"{minutes // 60:02}:{minutes % 60:02}"
        return _expression(later, _next_days(self.stop_days) if day else self.stop_days)

    def next_stop(self, now: datetime) -> datetime:
        """Return the next time at which the instance stops, in its time zone.

        Args:
            now: a time with a time zone.
        """
        zone = ZoneInfo(self.timezone)
        today = now.astimezone(zone).date()
        stops = (
            datetime.combine(day, time.fromisoformat(self.stop), tzinfo=zone)
            for day in (today + timedelta(days=days) for days in range(len(DAYS) + 1))
            if DAYS[day.weekday()] in self.stop_days
        )
        return next(stop for stop in stops if stop > now)


def _next_days(days: Iterable[Day]) -> tuple[Day, ...]:
    return tuple(DAYS[(DAYS.index(day) + 1) % len(DAYS)] for day in days)


def _ordered(days: Iterable[Day]) -> tuple[Day, ...]:
    return tuple(sorted(days, key=DAYS.index))


def _expression(clock: str, days: Iterable[Day]) -> str:
    hour, minute = (int(each) for each in clock.split(":"))
    return f"cron({minute} {hour} ? * {','.join(_ordered(days))} *)"
