"""Schedule expressions and time zones as EventBridge Scheduler takes them.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
import zoneinfo
from datetime import datetime

from mlproject.parameters.finding import RefusalError, nearest
from mlproject.parameters.schedule.cron_fields import parse_cron

# https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html (ScheduleExpression)
EXPRESSION_LIMIT = 256

# A name is looked for as a file: no path may lead out; what is below posix/ and right/ are the same zones again.
_TIMEZONE = r"[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*"
_RATE = re.compile(r"([0-9]+) (minutes?|hours?|days?)")


def expression(text: str) -> str:
    """A cron or rate expression that comes again and again."""
    kind, _, rest = text.partition("(")
    if len(text) > EXPRESSION_LIMIT or kind not in ("cron", "rate", "at") or not rest.endswith(")"):
        raise RefusalError(f"{text[:EXPRESSION_LIMIT]} is neither cron(...) nor rate(...)")
    inside = rest[:-1]
    written = f"{kind}({' '.join(inside.split())})"
    if kind == "at":
        raise RefusalError(f"{text} comes once; start the pipeline by hand that day")
    if written != text:
        raise RefusalError(f"{text} holds needless spaces", suggestion=written)
    if kind == "rate":
        _check_rate(text, inside)
    else:
        parse_cron(inside)
    return text


def timezone(text: str) -> str:
    """A name of the IANA time zone database: https://www.iana.org/time-zones."""
    if _exists(text):
        return text
    if not _exists("UTC"):
        raise RefusalError("this machine has no time zone database; run `make install`")
    known = (name for name in sorted(zoneinfo.available_timezones()) if re.fullmatch(_TIMEZONE, name))
    raise RefusalError(f"{text} is no time zone", suggestion=nearest(text, known))


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
        raise RefusalError(
            f"{text} is no rate", allowed="a rate such as rate(12 hours): a number above 0, then minutes, hours or days"
        )


def is_over(text: str, zone: str, *, now: datetime) -> bool:
    """Whether a schedule can never come again.

    Args:
        text: an expression that `expression` lets pass.
        zone: the schedule's time zone.
        now: an aware time.
    """
    kind, _, rest = text.partition("(")
    if kind != "cron":
        return False
    return not parse_cron(rest[:-1]).comes_after(now.astimezone(zoneinfo.ZoneInfo(zone)))
