"""Validate schedule expressions and time zones as EventBridge Scheduler does.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
import zoneinfo
from datetime import datetime

from mlproject.parameters.findings import InvalidValueError, closest_match
from mlproject.parameters.schedule.cron_fields import parse_cron
from mlproject.translation import Message

# https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html (ScheduleExpression)
EXPRESSION_LIMIT = 256

# zoneinfo looks a name up as a file, so no path may leave the database. posix/ and right/ repeat the same zones.
_TIMEZONE = r"[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*"
_RATE = re.compile(r"([0-9]+) (minutes?|hours?|days?)")


def validate_expression(text: str) -> str:
    """Validate a recurring schedule expression: cron or rate."""
    kind, _, rest = text.partition("(")
    if len(text) > EXPRESSION_LIMIT or kind not in ("cron", "rate", "at") or not rest.endswith(")"):
        raise InvalidValueError(Message("{text} is neither cron(...) nor rate(...)", text=text[:EXPRESSION_LIMIT]))
    inside = rest[:-1]
    written = f"{kind}({' '.join(inside.split())})"
    if kind == "at":
        raise InvalidValueError(Message("{text} runs only once. Start the pipeline manually instead", text=text))
    if written != text:
        raise InvalidValueError(Message("{text} contains unnecessary spaces", text=text), suggestion=written)
    if kind == "rate":
        _check_rate(text, inside)
    else:
        parse_cron(inside)
    return text


def validate_timezone(text: str) -> str:
    """Validate a name of the IANA time zone database: https://www.iana.org/time-zones."""
    if _exists(text):
        return text
    if not _exists("UTC"):
        raise InvalidValueError(Message("this machine has no time zone database. Run `make install`"))
    known = (name for name in sorted(zoneinfo.available_timezones()) if re.fullmatch(_TIMEZONE, name))
    raise InvalidValueError(
        Message("{text} is not a known time zone", text=text), suggestion=closest_match(text, known)
    )


def _exists(text: str) -> bool:
    if not re.fullmatch(_TIMEZONE, text):
        return False
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _check_rate(text: str, inside: str) -> None:
    match = _RATE.fullmatch(inside)
    if match is None or int(match.group(1)) == 0:
        raise InvalidValueError(
            Message("{text} is not a valid rate", text=text),
            allowed=Message("a rate such as rate(12 hours): a number above 0, then minutes, hours or days"),
        )


def has_expired(text: str, zone: str, *, now: datetime) -> bool:
    """Whether all dates of a schedule have passed.

    Args:
        text: a valid expression.
        zone: the schedule's time zone.
        now: a timezone-aware time.
    """
    kind, _, rest = text.partition("(")
    if kind != "cron":
        return False
    return not parse_cron(rest[:-1]).runs_after(now.astimezone(zoneinfo.ZoneInfo(zone)))
