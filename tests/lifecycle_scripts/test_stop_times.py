"""The end of an instance's hours and requests to keep it on: the check with a clock, and the stop with a save."""

from __future__ import annotations

import contextlib
import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlproject.files import write_atomically
from mlproject.notebook_keep_alive import request_keep_alive
from tests.cli.checkout import make_bucket
from tests.libraries.project import client
from tests.lifecycle_scripts.fault_cases import CASES
from tests.lifecycle_scripts.instance import Sandbox
from tests.lifecycle_scripts.jupyter import start_jupyter
from tests.lifecycle_scripts.test_idle import ROOT, kernel, status
from tests.lifecycle_scripts.test_person import described, project, text
from tests.node_scripts.machine import Machine, running, wait_until

STOPS, WORKS, STOPS_SOON = 0, 1, 3
STATE = "/run/mlproject-idle.json"
HOUR = 3600
OFFICE: dict[str, Any] = {"TZ": "Europe/Madrid", "HOURS_STOP": "20:00 MON,TUE,WED,THU,FRI", "HOURS_WINDOW": "10"}


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    parts = ROOT / "lifecycle_scripts" / "parts"
    with running(server=None, binds={parts: "/parts"}) as made:
        start_jupyter(made)
        yield made


def check(machine: Machine, moment: str, *, started: float = 10 * HOUR, **variables: Any) -> tuple[int, str]:
    """Return the exit code of the check at a time in UTC, and what it prints."""
    machine.file(STATE).unlink(missing_ok=True)
    now = datetime.datetime.fromisoformat(moment).replace(tzinfo=datetime.UTC).timestamp()
    given = [f"{name}={value}" for name, value in variables.items()]
    done = machine.run("/usr/bin/env", *given, "python3", "/parts/idle.py", str(started), "60", str(now))
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        # The Monday after the change to summer time: 20:00 is 18:00 in UTC.
        ("2026-03-30 17:54", WORKS),
        ("2026-03-30 17:56", STOPS_SOON),
        ("2026-03-30 18:00", STOPS),
        ("2026-03-30 18:09", STOPS),
        # Somebody may start it again: the schedule has stopped it by then.
        ("2026-03-30 18:11", WORKS),
        # In winter.
        ("2026-01-05 18:30", WORKS),
        ("2026-01-05 19:00", STOPS),
        # On Saturday.
        ("2026-03-28 19:00", WORKS),
    ],
)
def test_the_hours_end_on_their_days_in_their_time_zone_whoever_works(
    machine: Machine, moment: str, expected: int
) -> None:
    machine.file("/srv/kernels").write_text(json.dumps([kernel(2 * HOUR, "busy")]))
    code, printed = check(machine, moment, **OFFICE)
    assert code == expected
    warning = "20:00 CEST|Its hours end, whoever works. Save your files: "
    assert printed.startswith(warning if expected == STOPS_SOON else "")
    assert bool(printed) == (expected == STOPS_SOON)


def test_the_hours_also_end_without_jupyter_and_over_midnight_and_never_without_hours(machine: Machine) -> None:
    machine.file("/srv/kernels").write_text("{")
    assert check(machine, "2026-03-30 18:00", **OFFICE)[0] == STOPS
    assert check(machine, "2026-03-30 18:00", TZ="Europe/Madrid", HOURS_STOP="", HOURS_WINDOW="10")[0] == WORKS
    late: dict[str, Any] = {"TZ": "UTC", "HOURS_STOP": "23:55 MON", "HOURS_WINDOW": "10"}
    assert check(machine, "2026-03-30 23:51", **late)[1].startswith("23:55 UTC|")
    assert [check(machine, f"2026-03-31 00:0{minute}", **late)[0] for minute in (4, 6)] == [STOPS, WORKS]


def test_an_instance_that_is_started_just_after_its_hours_stops_shortly_before_the_schedule_stops_it(
    machine: Machine,
) -> None:
    machine.file("/srv/kernels").write_text(json.dumps([kernel(2 * HOUR, "busy")]))
    assert check(machine, "2026-03-30 18:02", started=60, **OFFICE) == (WORKS, "")
    code, printed = check(machine, "2026-03-30 18:05", started=240, **OFFICE)
    assert (code, printed.partition("|")[0]) == (STOPS_SOON, "20:08 CEST")
    assert check(machine, "2026-03-30 18:08", started=420, **OFFICE)[0] == STOPS


def test_a_request_keeps_an_idle_instance_until_its_time_and_not_beyond_the_hours(machine: Machine) -> None:
    machine.file("/srv/kernels").write_text("[]")
    until = datetime.datetime(2026, 3, 30, 17, 30, tzinfo=datetime.UTC).timestamp()
    kept = {**OFFICE, "KEEP_UNTIL": f"{until:.0f}"}
    assert check(machine, "2026-03-30 16:00", **OFFICE)[0] == STOPS_SOON
    assert check(machine, "2026-03-30 16:00", **kept) == (WORKS, "")
    assert json.loads(machine.file(STATE).read_text())["stop"] == until
    code, printed = check(machine, "2026-03-30 17:26", **kept)
    assert (code, printed.partition("|")[0]) == (STOPS_SOON, "19:31 CEST")
    assert check(machine, "2026-03-30 18:00", **{**kept, "KEEP_UNTIL": f"{until + HOUR:.0f}"})[0] == STOPS


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_is_set_while_the_instance_runs_neither_delays_nor_advances_the_stop(
    machine: Machine, days: int
) -> None:
    def check_after(minutes: float, *, clock: float) -> tuple[int, str]:
        """Return the result of the check some minutes after the start, when the clock is off by some seconds."""
        given = (str(minutes * 60), "60", str(right + minutes * 60 + clock))
        done = machine.run("/usr/bin/env", "TZ=UTC", "python3", "/parts/idle.py", *given)
        return done.returncode, done.stdout

    right = datetime.datetime(2026, 3, 30, 8, 0, tzinfo=datetime.UTC).timestamp()
    off = days * 24 * HOUR
    machine.file(STATE).unlink(missing_ok=True)
    machine.file("/srv/kernels").write_text(json.dumps([activity(right + 120 * 60 - off)]))
    assert check_after(120, clock=-off) == (WORKS, "")
    # The clock is corrected, and the activity of before keeps its time.
    assert check_after(150, clock=0) == (WORKS, "")
    assert check_after(174, clock=0) == (WORKS, "")
    code, printed = check_after(175, clock=0)
    assert code == STOPS_SOON
    assert printed.startswith(f"11:00 UTC|{CASES['clock set'].shown}")
    # It is set again during the warning.
    assert check_after(179, clock=off)[0] == STOPS_SOON
    assert check_after(180, clock=off)[0] == STOPS


def activity(seconds: float) -> dict[str, Any]:
    """Return an idle kernel whose last activity was at this time, in seconds since 1970."""
    then = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return {"execution_state": "idle", "last_activity": then.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}


# The clock of the check is the content of a file, once there is one.
_CLOCK = """#!/bin/sh
[ "$*" = +%s ] && cat /srv/now 2>/dev/null || exec /bin/date "$@"
"""


@pytest.mark.slow
def test_at_the_end_of_its_hours_an_instance_saves_what_somebody_works_on_and_stops_itself(sandbox: Sandbox) -> None:
    sagemaker, s3 = client(sandbox.server, "sagemaker"), client(sandbox.server, "s3")
    name, data = f"hours-{sandbox.bucket[-8:]}", make_bucket(s3, f"data-{sandbox.bucket[-8:]}")
    create(sagemaker, name)
    instance = sandbox.instance(
        notebook=name,
        libraries=None,
        idle_minutes=600,
        check_seconds=0.5,
        work=f"s3://{data}/notebooks/explore/",
        timezone="Europe/Madrid",
        hours_stop="20:00 MON",
    )
    with instance.started(python=Path("/usr"), programs={"date": _CLOCK}) as machine:
        start_jupyter(machine, kernels=[kernel(HOUR, "busy")])
        wait_until(machine.file("/opt/mlproject/tools/work.sh").exists)
        (instance.volume / "late.ipynb").write_text("{}")
        set_clock(machine, "2026-03-30 17:56")
        wait_until(lambda: any(instance.volume.glob("mlproject-stops-at-20-00-CEST.txt")))
        assert status(sagemaker, name) == "InService"
        set_clock(machine, "2026-03-30 18:00")
        wait_until(lambda: status(sagemaker, name) != "InService")
        assert "the hours have ended: stopping the instance" in machine.file("/var/log/mlproject.log").read_text()
    assert "notebooks/explore/late.ipynb" in {each["Key"] for each in s3.list_objects_v2(Bucket=data)["Contents"]}


# An aws CLI whose uploads wait as long as a file exists.
_WAITING = """#!/bin/sh
case "$1 $2" in
    "s3 cp") while [ -e /tmp/wait ]; do touch /tmp/uploading; sleep 0.1; done ;;
esac
exec /sbin/real-aws "$@"
"""


@pytest.mark.slow
def test_a_request_from_the_laptop_keeps_an_idle_instance_shows_its_time_and_can_be_cancelled(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sagemaker, s3 = client(sandbox.server, "sagemaker"), client(sandbox.server, "s3")
    given = project("kept")
    (notebook,) = given.notebooks
    make_bucket(s3, given.names.bucket("data"))
    instance = described(
        sandbox,
        given,
        tmp_path / "kept",
        idle_minutes=0.05,
        check_seconds=0.5,
        libraries=None,
        work=f"s3://{given.names.bucket('data')}/notebooks/explore/",
    )
    name = instance.settings.notebook
    create(sagemaker, name)
    until = datetime.datetime.now(datetime.UTC).replace(second=0, microsecond=0) + datetime.timedelta(hours=3)
    request_keep_alive(s3, given, notebook, until=until)
    with instance.started(python=Path("/usr")) as machine:
        start_jupyter(machine, kernels=[kernel(HOUR, "busy")])
        wait_until(machine.file("/opt/mlproject/tools/person").exists)
        machine.file("/srv/kernels").write_text("[]")
        wait_until(lambda: stop_time(machine) == until.timestamp())
        start_here = instance.volume / "START HERE.ipynb"
        shown = re.compile(rf"after 60 minutes without work, at (\d{{4}}-\d\d-\d\d )?{until:%H:%M} UTC at the earliest")
        wait_until(lambda: bool(shown.search(text(start_here))))
        before = start_here.stat().st_mtime_ns
        assert status(sagemaker, name) == "InService"
        # A time that is too far away counts from when it was requested.
        request_keep_alive(s3, given, notebook, until=until + datetime.timedelta(days=9))
        wait_until(lambda: until.timestamp() < stop_time(machine) < until.timestamp() + 21.1 * HOUR)
        wait_until(lambda: not shown.search(text(start_here)))
        # The idle check takes a file that changes for work.
        assert start_here.stat().st_mtime_ns == before
        # A request that is made while the work is saved before the stop comes in time too.
        machine.program("real-aws", machine.file("/sbin/aws").read_text())
        machine.program("aws", _WAITING)
        machine.file("/tmp/wait").touch()
        (instance.volume / "late.ipynb").write_text("{}")
        request_keep_alive(s3, given, notebook, until=None)
        wait_until(machine.file("/tmp/uploading").exists)
        request_keep_alive(s3, given, notebook, until=until)
        machine.file("/tmp/wait").unlink()
        wait_until(lambda: stop_time(machine) == until.timestamp() or status(sagemaker, name) != "InService")
        assert status(sagemaker, name) == "InService"
        request_keep_alive(s3, given, notebook, until=None)
        wait_until(lambda: status(sagemaker, name) != "InService")


def set_clock(machine: Machine, moment: str) -> None:
    now = datetime.datetime.fromisoformat(moment).replace(tzinfo=datetime.UTC).timestamp()
    write_atomically(machine.file("/srv/now"), f"{now:.0f}\n")


def create(sagemaker: Any, name: str) -> None:
    role = "arn:aws:iam::123456789012:role/any"
    sagemaker.create_notebook_instance(NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=role)


def stop_time(machine: Machine) -> float:
    """Return when the instance stops, as the idle check recorded it, or 0 if it has not yet."""
    # The file may be incomplete at this moment.
    with contextlib.suppress(OSError, ValueError):
        return float(json.loads(machine.file(STATE).read_text()).get("stop", 0))
    return 0
