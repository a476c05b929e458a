"""The hours in which a notebook instance runs."""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator

from mlproject.parameters.findings import InvalidValueError
from mlproject.parameters.input_models.fields import FrozenModel, parameter, validate_distinct
from mlproject.parameters.schedule import expressions

Day = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
DAYS: tuple[Day, ...] = get_args(Day)
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"


def _validate_time(text: str) -> str:
    if not re.fullmatch(_TIME, text):
        padded = text.zfill(len("00:00"))
        raise InvalidValueError(
            f"{text} is not a time of day", suggestion=padded if re.fullmatch(_TIME, padded) else ""
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
    def stop_expression(self) -> str:
        """Schedule expression of the stops."""
        if self.start < self.stop:
            return _expression(self.stop, self.days)
        next_days = {DAYS[(DAYS.index(day) + 1) % len(DAYS)] for day in self.days}
        return _expression(self.stop, tuple(next_days))


def _expression(time: str, days: tuple[Day, ...]) -> str:
    hour, minute = (int(each) for each in time.split(":"))
    return f"cron({minute} {hour} ? * {','.join(sorted(days, key=DAYS.index))} *)"
