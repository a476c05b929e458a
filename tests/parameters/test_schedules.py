"""Schedule expressions and time zones are validated as EventBridge Scheduler does."""

from __future__ import annotations

import zoneinfo

import pytest

from mlproject.parameters.findings import InvalidValueError
from mlproject.parameters.schedule import expressions


@pytest.mark.parametrize(
    "text",
    [
        # The examples of https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html and their like.
        "cron(15 10 ? * 6L 2022-2023)",
        "cron(0 10 * * ? *)",
        "cron(15 12 * * ? *)",
        "cron(0 18 ? * MON-FRI *)",
        "cron(0 8 1 * ? *)",
        "cron(0/15 * * * ? *)",
        "cron(*/10 8-17 ? JAN,JUL-SEP MON-FRI 2026-2199)",
        "cron(0 9 ? * 3#2 *)",
        "cron(0 9 ? * FRI#5 *)",
        "cron(0 0 L * ? *)",
        "cron(0 0 LW * ? *)",
        "cron(0 0 31W * ? *)",
        "cron(0 0 ? * L *)",
        "cron(0 4 29 2 ? *)",
        "cron(0 4 31 2,3 ? *)",
        "cron(59 23 31 12 ? 1970)",
        "rate(5 minutes)",
        "rate(1 hour)",
        "rate(1 day)",
        "rate(30 days)",
    ],
)
def test_an_expression_that_aws_takes_passes(text: str) -> None:
    assert expressions.validate_expression(text) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", " is neither cron(...) nor rate(...)"),
        ("daily", "daily is neither cron(...) nor rate(...)"),
        ("cron(0 4 * * ? *", "cron(0 4 * * ? * is neither cron(...) nor rate(...)"),
        ("at(2026-12-24T20:00:00)", "at(2026-12-24T20:00:00) runs only once. Start the pipeline manually instead"),
        ("cron()", "cron has 6 fields, but this expression has 0"),
        ("cron(0 4 * * *)", "cron has 6 fields, but this expression has 5"),
        ("cron(0 0 4 * * ? *)", "cron has 6 fields, but this expression has 7"),
        ("cron(0 4 * * * *)", "one of day-of-month and day-of-week must be ?, but they are * and *"),
        ("cron(0 4 ? * ? *)", "one of day-of-month and day-of-week must be ?, but they are ? and ?"),
        ("cron(60 4 * * ? *)", "60 is not valid in the field minutes"),
        ("cron(-1 4 * * ? *)", "-1 is not valid in the field minutes"),
        ("cron(0 24 * * ? *)", "24 is not valid in the field hours"),
        ("cron(0 4 0 * ? *)", "0 is not valid in the field day-of-month"),
        ("cron(0 4 32 * ? *)", "32 is not valid in the field day-of-month"),
        ("cron(0 4 32W * ? *)", "32W is not valid in the field day-of-month"),
        ("cron(0 4 * 13 ? *)", "13 is not valid in the field month"),
        ("cron(0 4 * JUNE ? *)", "JUNE is not valid in the field month"),
        ("cron(0 4 ? * 0 *)", "0 is not valid in the field day-of-week"),
        ("cron(0 4 ? * 8L *)", "8L is not valid in the field day-of-week"),
        ("cron(0 4 ? * 3#6 *)", "3#6 is not valid in the field day-of-week"),
        ("cron(0 4 ? * 1W *)", "1W is not valid in the field day-of-week"),
        ("cron(0 4 * * ? 1969)", "1969 is not valid in the field year"),
        ("cron(0 4 * * ? 2200)", "2200 is not valid in the field year"),
        ("cron(? 4 * * ? *)", "? is not valid in the field minutes"),
        ("cron(L 4 * * ? *)", "L is not valid in the field minutes"),
        ("cron(0 4-2 * * ? *)", "4-2 in the field hours is a reversed range"),
        ("cron(0 2-4-6 * * ? *)", "2-4-6 is not valid in the field hours"),
        ("cron(0/0 4 * * ? *)", "0/0 is not valid in the field minutes"),
        ("cron(0/x 4 * * ? *)", "0/x is not valid in the field minutes"),
        ("cron(1, 4 * * ? *)", " is not valid in the field minutes"),
        ("cron(*-5 4 * * ? *)", "*-5 is not valid in the field minutes"),
        ("cron(٣ 4 * * ? *)", "٣ is not valid in the field minutes"),
        ("cron(0 4 30 2 ? *)", "day 30 never occurs in month 2"),
        ("cron(0 4 31 FEB,APR ? *)", "day 31 never occurs in month FEB,APR"),
        ("rate(0 days)", "rate(0 days) is not a valid rate"),
        ("rate(-1 days)", "rate(-1 days) is not a valid rate"),
        ("rate(1.5 days)", "rate(1.5 days) is not a valid rate"),
        ("rate(1 week)", "rate(1 week) is not a valid rate"),
        ("rate(1)", "rate(1) is not a valid rate"),
        (f"cron({'0,' * 200}0 4 * * ? *)", f"{('cron(' + '0,' * 200)[:256]} is neither cron(...) nor rate(...)"),
    ],
)
def test_an_expression_that_aws_refuses_is_told(text: str, message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        expressions.validate_expression(text)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("cron(0  4 * * ? *)", "cron(0 4 * * ? *)"),
        ("rate( 1 day )", "rate(1 day)"),
        ("cron(0 4 ? * mon-fri *)", "MON-FRI"),
    ],
)
def test_a_slip_has_its_correction(text: str, suggestion: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        expressions.validate_expression(text)
    assert caught.value.suggestion == suggestion


@pytest.mark.parametrize("text", ["UTC", "Europe/Madrid", "America/Argentina/Buenos_Aires", "Etc/GMT+3"])
def test_a_time_zone_that_there_is_passes(text: str) -> None:
    assert expressions.validate_timezone(text) == text


@pytest.mark.parametrize(
    "text", ["", "CEST", "+01:00", "Europe", "../UTC", "/etc/localtime", "localtime", "posix/Europe/Madrid", "Europe/"]
)
def test_a_time_zone_that_there_is_not_is_told(text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        expressions.validate_timezone(text)
    assert caught.value.message == f"{text} is not a known time zone"
    assert caught.value.suggestion != "localtime"


@pytest.mark.parametrize("text", ["europe/madrid", "Europe/Madird", "Madrid"])
def test_a_time_zone_that_is_near_is_suggested(text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        expressions.validate_timezone(text)
    assert caught.value.suggestion == "Europe/Madrid"


def test_a_machine_without_time_zones_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(key: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(key)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", find)
    with pytest.raises(InvalidValueError, match=r"^this machine has no time zone database. Run `make install`$"):
        expressions.validate_timezone("Europe/Madrid")
