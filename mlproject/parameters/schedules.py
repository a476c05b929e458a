"""Schedule expressions and time zones as EventBridge Scheduler takes them.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field

from mlproject.parameters.finding import RefusalError, nearest

# https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html (ScheduleExpression)
EXPRESSION_LIMIT = 256
DAYS_OF_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# A name is looked for as a file: no path may lead out; what is below posix/ and right/ are the same zones again.
_TIMEZONE = r"[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*"
_RATE = re.compile(r"([0-9]+) (minutes?|hours?|days?)")


@dataclass(frozen=True, kw_only=True)
class _Field:
    """One of the six fields of a cron expression.

    Args:
        name: as AWS calls it.
        least: the smallest number.
        most: the largest number.
        names: words that stand for numbers.
        special: a pattern of what only this field takes.
    """

    name: str
    least: int
    most: int
    names: Mapping[str, int] = field(default_factory=dict)
    special: str | None = None


def _numbered(words: str) -> Mapping[str, int]:
    return {word: number for number, word in enumerate(words.split(), start=1)}


_DAYS = _numbered("SUN MON TUE WED THU FRI SAT")
_DAY = rf"([1-7]|{'|'.join(_DAYS)})"
_FIELDS = (
    _Field(name="minutes", least=0, most=59),
    _Field(name="hours", least=0, most=23),
    _Field(name="day-of-month", least=1, most=31, special=r"L|LW|([1-9]|[12][0-9]|3[01])W"),
    _Field(name="month", least=1, most=12, names=_numbered("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")),
    _Field(name="day-of-week", least=1, most=7, names=_DAYS, special=rf"{_DAY}?L|{_DAY}#[1-5]"),
    _Field(name="year", least=1970, most=2199),
)
_ORDER = " ".join(each.name for each in _FIELDS)


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
        _check_cron(inside.split())
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


def _check_cron(fields: list[str]) -> None:
    if len(fields) != len(_FIELDS):
        raise RefusalError(f"cron has {len(_FIELDS)} fields, and here are {len(fields)}", allowed=f"cron({_ORDER})")
    days, months, weekdays = fields[2], fields[3], fields[4]
    if [days, weekdays].count("?") != 1:
        raise RefusalError(
            f"one of day-of-month and day-of-week must be ?, and they are {days} and {weekdays}",
            allowed="an expression such as cron(0 4 * * ? *) for every day at 4:00",
        )
    numbers = [
        set().union(*(_numbers(part, each) for part in text.split(",")))
        for text, each in zip(fields, _FIELDS, strict=True)
    ]
    longest = max(DAYS_OF_MONTHS[month - 1] for month in numbers[3])
    if numbers[2] and min(numbers[2]) > longest:
        raise RefusalError(f"day {days} never comes in month {months}", allowed=f"days up to {longest}")


def _numbers(part: str, rule: _Field) -> set[int]:
    """The numbers that a part of a field stands for; none where only a calendar can tell.

    Raises:
        RefusalError: the part is not of the field's form.
    """
    if (part == "?" and rule.special) or (rule.special and re.fullmatch(rule.special, part)):
        return set()
    base, slash, step = part.partition("/")
    first, dash, last = base.partition("-")
    start = rule.least if base == "*" else _number(first, part, rule)
    end = _number(last, part, rule) if dash else (rule.most if slash or base == "*" else start)
    every = _step(step, part, rule) if slash else 1
    if start > end:
        raise RefusalError(f"{part} in the field {rule.name} runs backwards", allowed=_allowed(rule))
    return set(range(start, end + 1, every))


def _number(text: str, part: str, rule: _Field) -> int:
    number = rule.names.get(text, int(text) if re.fullmatch(r"[0-9]{1,4}", text) else None)
    if number is None or not rule.least <= number <= rule.most:
        suggestion = part.upper() if part != part.upper() and text.upper() in rule.names else ""
        raise RefusalError(f"{part} does not suit the field {rule.name}", allowed=_allowed(rule), suggestion=suggestion)
    return number


def _step(text: str, part: str, rule: _Field) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        raise RefusalError(f"{part} does not suit the field {rule.name}", allowed=_allowed(rule))
    return int(text)


def _allowed(rule: _Field) -> str:
    words = f" or {', '.join(rule.names)}" if rule.names else ""
    return f"{rule.least} to {rule.most}{words}, with , - * and /"
