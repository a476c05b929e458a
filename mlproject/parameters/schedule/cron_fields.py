"""Parse the six fields of a cron expression as EventBridge Scheduler does.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from mlproject.parameters.findings import InvalidValueError
from mlproject.parameters.schedule.cron import Cron


@dataclass(frozen=True, kw_only=True)
class _Field:
    """One of the six fields of a cron expression.

    Args:
        name: its name in the AWS documentation.
        minimum: the smallest number.
        maximum: the largest number.
        names: names for numbers.
        special: a pattern for special values of this field.
    """

    name: str
    minimum: int
    maximum: int
    names: Mapping[str, int] = field(default_factory=dict)
    special: str | None = None


def _numbered(words: str) -> Mapping[str, int]:
    return {word: number for number, word in enumerate(words.split(), start=1)}


_DAYS = _numbered("SUN MON TUE WED THU FRI SAT")
_DAY = rf"([1-7]|{'|'.join(_DAYS)})"
_FIELDS = (
    _Field(name="minutes", minimum=0, maximum=59),
    _Field(name="hours", minimum=0, maximum=23),
    _Field(name="day-of-month", minimum=1, maximum=31, special=r"L|LW|([1-9]|[12][0-9]|3[01])W"),
    _Field(name="month", minimum=1, maximum=12, names=_numbered("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")),
    _Field(name="day-of-week", minimum=1, maximum=7, names=_DAYS, special=rf"{_DAY}?L|{_DAY}#[1-5]"),
    _Field(name="year", minimum=1970, maximum=2199),
)
_ORDER = " ".join(each.name for each in _FIELDS)


def parse_cron(inside: str) -> Cron:
    """Parse the text between the parentheses of `cron(...)`.

    Raises:
        InvalidValueError: a field is invalid, or the expression matches no date, such as 30 February.
    """
    fields = inside.split()
    if len(fields) != len(_FIELDS):
        raise InvalidValueError(
            f"cron has {len(_FIELDS)} fields, but this expression has {len(fields)}", allowed=f"cron({_ORDER})"
        )
    days, months, weekdays, years = fields[2:]
    if [days, weekdays].count("?") != 1:
        raise InvalidValueError(
            f"one of day-of-month and day-of-week must be ?, but they are {days} and {weekdays}",
            allowed="an expression such as cron(0 4 * * ? *) for every day at 4:00",
        )
    cron = _cron(fields)
    if cron.next_day(date(_FIELDS[-1].minimum, 1, 1)) is None:
        day = f"day {days}" if weekdays == "?" else f"weekday {weekdays}"
        year = "" if years == "*" else f" of {years}"
        raise InvalidValueError(f"{day} never occurs in month {months}{year}", allowed="a date that exists")
    return cron


def _cron(fields: list[str]) -> Cron:
    numbers = [
        frozenset().union(*(_numbers(part, each) for part in text.split(",")))
        for text, each in zip(fields, _FIELDS, strict=True)
    ]
    minutes, hours, days, months, weekdays, years = numbers
    return Cron(
        minutes=minutes,
        hours=hours,
        days=days,
        special_days=_specials(fields[2], _FIELDS[2]),
        months=months,
        weekdays=weekdays,
        special_weekdays=_specials(fields[4], _FIELDS[4]),
        years=years,
    )


def _specials(text: str, rule: _Field) -> frozenset[str]:
    """Return the parts that depend on the calendar, with names replaced by numbers: `FRI#2` is `6#2`."""
    parts = (part for part in text.split(",") if re.fullmatch(rule.special or "", part))
    return frozenset(re.sub("[A-Z]{3}", lambda name: str(rule.names[name[0]]), part) for part in parts)


def _numbers(part: str, rule: _Field) -> set[int]:
    """Return the numbers that a part of a field matches; empty if they depend on the calendar.

    Raises:
        InvalidValueError: the part is not valid in the field.
    """
    if (part == "?" and rule.special) or (rule.special and re.fullmatch(rule.special, part)):
        return set()
    base, slash, step = part.partition("/")
    first, dash, last = base.partition("-")
    start = rule.minimum if base == "*" else _number(first, part, rule)
    end = _number(last, part, rule) if dash else (rule.maximum if slash or base == "*" else start)
    every = _step(step, part, rule) if slash else 1
    if start > end:
        raise InvalidValueError(f"{part} in the field {rule.name} is a reversed range", allowed=_allowed(rule))
    return set(range(start, end + 1, every))


def _number(text: str, part: str, rule: _Field) -> int:
    number = rule.names.get(text, int(text) if re.fullmatch(r"[0-9]{1,4}", text) else None)
    if number is None or not rule.minimum <= number <= rule.maximum:
        suggestion = part.upper() if part != part.upper() and text.upper() in rule.names else ""
        raise InvalidValueError(
            f"{part} is not valid in the field {rule.name}", allowed=_allowed(rule), suggestion=suggestion
        )
    return number


def _step(text: str, part: str, rule: _Field) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        raise InvalidValueError(f"{part} is not valid in the field {rule.name}", allowed=_allowed(rule))
    return int(text)


def _allowed(rule: _Field) -> str:
    words = f" or {', '.join(rule.names)}" if rule.names else ""
    return f"{rule.minimum} to {rule.maximum}{words}, with , - * and /"
