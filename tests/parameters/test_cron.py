"""The dates that a cron expression matches, checked against the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from mlproject.parameters.findings import InvalidValueError
from mlproject.parameters.schedule import expressions
from mlproject.parameters.schedule.cron_fields import parse_cron


@pytest.mark.parametrize(
    ("fields", "since", "expected"),
    [
        ("0 4 * * ? *", date(2026, 11, 27), date(2026, 11, 27)),
        ("0 4 29 2 ? *", date(2025, 1, 1), date(2028, 2, 29)),
        ("0 4 29 2 ? *", date(2096, 3, 1), date(2104, 2, 29)),  # 2100 has no 29 February
        ("0 4 31 * ? *", date(2026, 2, 1), date(2026, 3, 31)),
        ("0 4 L * ? *", date(2028, 2, 1), date(2028, 2, 29)),
        ("0 4 LW * ? *", date(2026, 5, 1), date(2026, 5, 29)),  # 31 May 2026 is a Sunday
        ("0 4 LW * ? *", date(2026, 10, 1), date(2026, 10, 30)),  # 31 October 2026 is a Saturday
        ("0 4 1W * ? *", date(2026, 8, 1), date(2026, 8, 3)),  # 1 August 2026 is a Saturday
        ("0 4 15W * ? *", date(2026, 8, 1), date(2026, 8, 14)),  # 15 August 2026 is a Saturday
        ("0 4 15W * ? *", date(2026, 11, 1), date(2026, 11, 16)),  # 15 November 2026 is a Sunday
        ("0 4 31W * ? *", date(2026, 5, 1), date(2026, 5, 29)),
        ("0 4 15W,L * ? *", date(2026, 11, 17), date(2026, 11, 30)),
        ("0 4 ? * 6L *", date(2026, 11, 1), date(2026, 11, 27)),
        ("0 4 ? * FRIL *", date(2026, 11, 28), date(2026, 12, 25)),
        ("0 4 ? * L *", date(2026, 11, 27), date(2026, 11, 28)),  # the week's last day is Saturday
        ("0 4 ? * 2#1 *", date(2026, 11, 3), date(2026, 12, 7)),
        ("0 4 ? * MON#5 *", date(2026, 11, 3), date(2026, 11, 30)),
        ("0 4 ? 2 SUN#5 *", date(2026, 1, 1), date(2032, 2, 29)),
        ("0 4 ? * MON-FRI *", date(2026, 11, 28), date(2026, 11, 30)),
        ("0 4 1 1/6 ? 2030-2040/5", date(2031, 1, 1), date(2035, 1, 1)),
        ("0 4 1 JAN ? 2020,2027", date(2020, 1, 2), date(2027, 1, 1)),
        ("0 4 * * ? 2020", date(2021, 1, 1), None),
        ("0 4 29 2 ? 2028", date(2028, 3, 1), None),
    ],
)
def test_the_next_day_is_the_calendars(fields: str, since: date, expected: date | None) -> None:
    assert parse_cron(fields).next_day(since) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cron(0 4 30 2 ? *)", "day 30 never occurs in month 2"),
        ("cron(0 4 31 4,6,9,11 ? *)", "day 31 never occurs in month 4,6,9,11"),
        ("cron(0 4 30W FEB ? *)", "day 30W never occurs in month FEB"),
        ("cron(0 4 31W 4 ? *)", "day 31W never occurs in month 4"),
        ("cron(0 4 29 2 ? 2027)", "day 29 never occurs in month 2 of 2027"),
        ("cron(0 4 29 2 ? 2100)", "day 29 never occurs in month 2 of 2100"),
        ("cron(0 4 29 2 ? 2025-2027)", "day 29 never occurs in month 2 of 2025-2027"),
        ("cron(0 4 29W 2 ? 2027)", "day 29W never occurs in month 2 of 2027"),
        ("cron(0 4 ? 2 2#5 2027)", "weekday 2#5 never occurs in month 2 of 2027"),
        ("cron(0 4 ? FEB MON#5,TUE#5 2099)", "weekday MON#5,TUE#5 never occurs in month FEB of 2099"),
    ],
)
def test_a_date_that_no_calendar_has_is_refused_without_a_clock(text: str, message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        expressions.validate_expression(text)
    assert caught.value.message == message


NOW = datetime(2026, 11, 27, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "is_over"),
    [
        ("cron(0 4 * * ? 2020)", "UTC", True),
        ("cron(0 4 * * ? 2020-2025)", "UTC", True),
        ("cron(0 4 * * ? 2026)", "UTC", False),
        ("cron(0 4 * 1-10 ? 2026)", "UTC", True),
        ("cron(0 4 27 11 ? 2026)", "UTC", False),
        ("cron(30 3 27 11 ? 2026)", "UTC", True),
        ("cron(0 4 27 11 ? 2026)", "Europe/Madrid", True),  # there it is 4:30 already
        ("cron(0 23 26 11 ? 2026)", "America/New_York", False),  # there it is still the 26th, 22:30
        ("cron(0 4 ? 11 6L 2026)", "UTC", False),
        ("cron(0 4 ? 11 5L 2026)", "UTC", True),
        ("cron(0 4 * * ? *)", "UTC", False),
        ("rate(12 hours)", "UTC", False),
    ],
)
def test_a_schedule_is_over_when_its_last_time_is_past_in_its_own_zone(text: str, zone: str, is_over: bool) -> None:
    assert expressions.has_expired(expressions.validate_expression(text), zone, now=NOW) is is_over
