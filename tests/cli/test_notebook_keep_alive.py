"""`mlproject notebook keep-alive`: the request in the data bucket, and one sentence for bad input."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import pytest

import embedded_aws as aws
from mlproject.errors import UserError
from mlproject.notebook_keep_alive import parse_duration, parse_until
from tests.cli.test_notebook_restore import checkout
from tests.libraries.project import client

NOW = datetime.datetime(2026, 11, 29, 17, 30, 20, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("zone", "text", "expected"),
    [
        ("UTC", "18:00", "2026-11-29T18:00:00+00:00"),
        ("UTC", "17:30", "2026-11-30T17:30:00+00:00"),
        ("Europe/Madrid", "18:30", "2026-11-30T18:30:00+01:00"),
        ("America/Lima", "12:31", "2026-11-29T12:31:00-05:00"),
    ],
)
def test_a_time_of_day_is_the_next_one_on_the_clock_of_the_laptop(
    monkeypatch: pytest.MonkeyPatch, zone: str, text: str, expected: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert parse_until(text, now=NOW).isoformat() == expected
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_duration_has_hours_and_minutes_and_is_at_most_a_day() -> None:
    for text, minutes in (("3h", 180), ("90m", 90), ("1h30m", 90), ("24h", 1440)):
        assert parse_duration(text, now=NOW) - NOW == datetime.timedelta(minutes=minutes)
    for text in ("", "3", "h", "0h", "-1h", "1.5h", "30 m", "²h"):
        with pytest.raises(UserError, match=r"not a duration. Use hours and minutes, such as 3h, 90m or 1h30m"):
            parse_duration(text, now=NOW)
    with pytest.raises(UserError, match="--for 24h1m: more than 24 hours, after which a forgotten instance"):
        parse_duration("24h1m", now=NOW)
    for text in ("24:00", "18", "18:60", "noon", "٣:00"):
        with pytest.raises(UserError, match=r"not a time of day. Use the clock of this machine, such as 18:00"):
            parse_until(text, now=NOW)


def test_a_request_is_an_object_of_its_notebook_that_names_its_end_and_the_hours_that_come_first_are_told(
    tmp_path: Path, embedded_aws: aws.Server
) -> None:
    made, s3, bucket = checkout(tmp_path / "on", embedded_aws, "keeps-on")
    project = made.root / "projects" / "keeps-on" / "project.yaml"
    # A stop within an hour, and on each day.
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=40)
    every = "[MON, TUE, WED, THU, FRI, SAT, SUN]"
    hours = f'{{start: "{soon - datetime.timedelta(hours=4):%H:%M}", stop: "{soon:%H:%M}", days: {every}}}'
    review = "review: {instance_type: ml.t3.medium"
    project.write_text(project.read_text().replace(review, f"{review}, hours: {hours}"))
    sagemaker = client(embedded_aws, "sagemaker", region=made.names("kept").region)
    for name in ("explore", "review"):
        sagemaker.create_notebook_instance(
            NotebookInstanceName=f"keeps-on-kept-{name}",
            InstanceType="ml.t3.medium",
            RoleArn=f"arn:aws:iam::{aws.ACCOUNT}:role/any",
        )
    command = ("notebook", "keep-alive", "keeps-on")

    def until(name: str) -> float:
        found = s3.head_object(Bucket=bucket, Key=f"notebook-requests/{name}/keep-alive")
        return float(found["Metadata"]["until"])

    before = time.time()
    done = made.run(*command, "explore", "-e", "kept", "--for", "3h")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("keeps-on-kept-explore stays on until 20")
    assert before + 3 * 3600 - 1 <= until("explore") <= time.time() + 3 * 3600 + 1
    kept = until("explore")
    done = made.run(*command, "review", "--environment", "kept", "--for", "2h")
    assert done.returncode == 0
    assert done.stderr == f"Its hours end before that, at {soon:%Y-%m-%d %H:%M} UTC, and stop it in any case.\n"
    assert until("explore") == kept
    done = made.run(*command, "explore", "-e", "kept", "--off")
    assert (done.returncode, done.stdout) == (0, "keeps-on-kept-explore stops again when it is idle.\n")
    assert until("explore") == 0
    sagemaker.stop_notebook_instance(NotebookInstanceName="keeps-on-kept-review")
    for arguments, code, expected in (
        (
            ("review", "-e", "kept", "--for", "1h"),
            1,
            "has the status Stopped, so there is nothing to keep on",
        ),
        (("explore", "-e", "kept"), 2, "use exactly one of --until TIME, such as 18:00, --for DURATION"),
        (("explore", "-e", "kept", "--for", "1h", "--off"), 2, "use exactly one of --until TIME"),
        (("explore", "-e", "kept", "--for", "25h"), 2, "--for 25h: more than 24 hours"),
        (("explor", "-e", "kept", "--off"), 2, "NAME explor: "),
        (("-e", "kept", "--off"), 2, "Select one with NAME: explore, review."),
    ):
        done = made.run(*command, *arguments)
        assert (done.returncode, len(done.stderr.splitlines())) == (code, 1), done
        assert expected in done.stderr
