"""Idle check of a notebook instance, and its stop."""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.checkout import make_bucket
from tests.libraries.project import client
from tests.lifecycle_scripts.instance import Sandbox
from tests.lifecycle_scripts.jupyter import start_jupyter
from tests.node_scripts.machine import UID, Machine, running, wait_until

ROOT = Path(__file__).parents[2]
HOURS = 3600
STOPS, STOPS_SOON = 0, 3


@dataclass(kw_only=True)
class Jupyter:
    """Fake Jupyter server on a machine, and the result of the idle check."""

    machine: Machine

    def set_activity(self, kernels: list[dict[str, Any]], terminals: list[dict[str, Any]]) -> None:
        for name, answer in (("kernels", kernels), ("terminals", terminals)):
            self.machine.file(f"/srv/{name}").write_text(json.dumps(answer))

    def is_idle(self, *, minutes: int = 60, started: float = 10 * HOURS) -> bool:
        """Whether the instance would stop, at once or soon, if it was started this many seconds ago."""
        self.machine.file("/run/mlproject-idle.json").unlink(missing_ok=True)
        arguments = (str(started), str(minutes), str(time.time()))
        return self.machine.run("python3", "/parts/idle.py", *arguments).returncode in (STOPS, STOPS_SOON)


@pytest.fixture(scope="module")
def jupyter() -> Iterator[Jupyter]:
    parts = ROOT / "lifecycle_scripts" / "parts"
    with running(server=None, binds={parts: "/parts"}, programs={}) as machine:
        start_jupyter(machine)
        yield Jupyter(machine=machine)


def ago(seconds: float) -> str:
    """Return a time in the format of Jupyter, always in UTC."""
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=seconds)
    return then.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def kernel(seconds: float, state: str = "idle") -> dict[str, Any]:
    return {"id": "k", "execution_state": state, "last_activity": ago(seconds), "connections": 1}


def terminal(seconds: float) -> dict[str, Any]:
    return {"name": "1", "last_activity": ago(seconds)}


def test_nobody_works_when_every_kernel_and_terminal_has_been_quiet_long_enough(jupyter: Jupyter) -> None:
    jupyter.set_activity([kernel(2 * HOURS), kernel(3 * HOURS, "dead")], [terminal(2 * HOURS)])
    assert jupyter.is_idle()
    jupyter.set_activity([], [])
    assert jupyter.is_idle()


def test_somebody_works_while_one_kernel_is_busy_or_one_of_them_was_active(jupyter: Jupyter) -> None:
    working: list[tuple[list[dict[str, Any]], list[dict[str, Any]]]] = [
        ([kernel(2 * HOURS), kernel(2 * HOURS, "busy")], []),
        ([kernel(600, "starting")], []),
        ([kernel(600), kernel(2 * HOURS)], []),
        ([], [terminal(2 * HOURS), terminal(600)]),
        ([kernel(2 * HOURS)], [terminal(600), terminal(2 * HOURS)]),
    ]
    for kernels, terminals in working:
        jupyter.set_activity(kernels, terminals)
        assert not jupyter.is_idle()


def test_an_instance_that_nobody_opened_is_idle_since_its_start(jupyter: Jupyter) -> None:
    jupyter.set_activity([], [])
    assert not jupyter.is_idle(started=54 * 60)
    assert jupyter.is_idle(started=61 * 60)


@pytest.mark.parametrize("answer", ["", "{", '[{"id": "k"}]', '{"message": "no"}'])
def test_an_answer_that_tells_nothing_is_no_proof_that_nobody_works(jupyter: Jupyter, answer: str) -> None:
    jupyter.set_activity([], [])
    jupyter.machine.file("/srv/kernels").write_text(answer)
    assert not jupyter.is_idle()


def test_without_jupyter_the_instance_stays() -> None:
    with running(server=None, binds={ROOT / "lifecycle_scripts" / "parts": "/parts"}) as machine:
        done = machine.run("python3", "/parts/idle.py", "36000", "60", str(time.time()))
        assert done.returncode == 1
        assert "Jupyter did not respond, so the instance keeps running" in done.stderr


@pytest.mark.slow
def test_an_idle_instance_warns_saves_its_work_and_stops_itself(sandbox: Sandbox) -> None:
    """Runs the check, the warning, the final save, and the call that stops the instance, with the real aws CLI."""
    sagemaker = client(sandbox.server, "sagemaker")
    name = f"idle-{sandbox.bucket[-8:]}"
    sagemaker.create_notebook_instance(
        NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn="arn:aws:iam::123456789012:role/any"
    )
    data = make_bucket(client(sandbox.server, "s3"), f"data-{sandbox.bucket[-8:]}")
    # Three seconds, half of which are the warning.
    instance = sandbox.instance(
        notebook=name, libraries=None, idle_minutes=0.05, check_seconds=0.2, work=f"s3://{data}/notebooks/explore/"
    )
    volume = instance.volume
    with instance.started(python=Path("/usr")) as machine:
        start_jupyter(machine, kernels=[kernel(HOURS, "busy")])
        wait_until(machine.file("/opt/mlproject/tools/work.sh").exists)
        log = machine.file("/var/log/mlproject.log")
        state = volume / "mlproject-status.txt"
        state.write_text("installed: from S3\n")
        os.chown(state, UID, UID)
        (volume / "late.ipynb").write_text("{}")
        machine.file("/srv/kernels").write_text("[]")
        wait_until(lambda: "\nidle: " in state.read_text())
        assert any(volume.glob("mlproject-stops-at-*-UTC.txt"))
        first, warning = state.read_text().splitlines()
        assert first == "installed: from S3"
        assert re.match(r"idle: this instance stops at \d\d:\d\d UTC\. To keep it, run a cell, or write ", warning)
        # What it says keeps the instance, and takes the warning away.
        (volume / "keep-alive.txt").write_text("4")
        wait_until(lambda: state.read_text() == "installed: from S3\n")
        assert not any(volume.glob("mlproject-stops-at-*"))
        machine.spawn("/usr/sbin/runuser", "-u", "ec2-user", "--", "bash", "-c", "exec -a 'aws s3 sync' sleep 300")
        (volume / "keep-alive.txt").unlink()
        wait_until(lambda: "idle for 0 minutes: stopping the instance" in log.read_text())
        assert status(sagemaker, name) == "InService"
        for save in machine.processes("aws s3 sync"):
            save.kill()
        wait_until(lambda: status(sagemaker, name) != "InService")
        assert not any(volume.glob("mlproject-stops-at-*"))
        # The user of the notebook could not write to a lock created by root.
        assert not (volume / ".mlproject" / "lock").exists()
    keys = {each["Key"] for each in client(sandbox.server, "s3").list_objects_v2(Bucket=data)["Contents"]}
    assert "notebooks/explore/late.ipynb" in keys


def test_whatever_takes_all_the_memory_is_ended_and_the_idle_check_is_not(sandbox: Sandbox) -> None:
    lowered = subprocess.run(["bash", "-c", "echo -1000 >/proc/self/oom_score_adj"], capture_output=True, check=False)
    if lowered.returncode:
        pytest.skip("NOT PROVEN HERE: this machine lets nobody protect a process from want of memory")
    instance = sandbox.instance(notebook="protected", libraries=None, idle_minutes=60, check_seconds=HOURS, work="")
    with instance.started(python=Path("/usr")) as machine:
        wait_until(lambda: -1000 in {oom_score(each.pid) for each in machine.processes("mlproject/idle.sh")})
        assert {oom_score(each.pid) for each in machine.processes("mlproject/work.sh")} <= {0}


def oom_score(pid: int) -> int:
    return int(Path(f"/proc/{pid}/oom_score_adj").read_text())


def status(sagemaker: Any, name: str) -> str:
    return str(sagemaker.describe_notebook_instance(NotebookInstanceName=name)["NotebookInstanceStatus"])
