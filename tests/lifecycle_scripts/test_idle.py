"""Idle check of a notebook instance, and its stop."""

from __future__ import annotations

import datetime
import json
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
from tests.node_scripts.machine import Machine, running, wait_until

ROOT = Path(__file__).parents[2]
HOURS = 3600


@dataclass(kw_only=True)
class Jupyter:
    """Fake Jupyter server on a machine, and the result of the idle check."""

    machine: Machine

    def set_activity(self, kernels: list[dict[str, Any]], terminals: list[dict[str, Any]]) -> None:
        for name, answer in (("kernels", kernels), ("terminals", terminals)):
            self.machine.file(f"/srv/{name}").write_text(json.dumps(answer))

    def is_idle(self, *, minutes: int = 60, started: float = 10 * HOURS) -> bool:
        """Whether the instance would stop, if it was started this many seconds ago."""
        begun = str(int(time.time() - started))
        return self.machine.run("python3", "/parts/idle.py", begun, str(minutes)).returncode == 0


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
        ([kernel(2 * HOURS, "starting")], []),
        ([kernel(600), kernel(2 * HOURS)], []),
        ([], [terminal(2 * HOURS), terminal(600)]),
        ([kernel(2 * HOURS)], [terminal(600), terminal(2 * HOURS)]),
    ]
    for kernels, terminals in working:
        jupyter.set_activity(kernels, terminals)
        assert not jupyter.is_idle()


def test_an_instance_that_nobody_opened_is_idle_since_its_start(jupyter: Jupyter) -> None:
    jupyter.set_activity([], [])
    assert not jupyter.is_idle(started=59 * 60)
    assert jupyter.is_idle(started=61 * 60)


@pytest.mark.parametrize("answer", ["", "{", '[{"id": "k"}]', '{"message": "no"}'])
def test_an_answer_that_tells_nothing_is_no_proof_that_nobody_works(jupyter: Jupyter, answer: str) -> None:
    jupyter.set_activity([], [])
    jupyter.machine.file("/srv/kernels").write_text(answer)
    assert not jupyter.is_idle()


def test_without_jupyter_the_instance_stays() -> None:
    with running(server=None, binds={ROOT / "lifecycle_scripts" / "parts": "/parts"}) as machine:
        done = machine.run("python3", "/parts/idle.py", "0", "1")
        assert done.returncode == 1
        assert "Jupyter did not respond, so the instance keeps running" in done.stdout


def test_an_idle_instance_saves_its_work_and_stops_itself(sandbox: Sandbox) -> None:
    """Runs the check, the final save, and the call that stops the instance, with the real aws CLI."""
    sagemaker = client(sandbox.server, "sagemaker")
    name = f"idle-{sandbox.bucket[-8:]}"
    sagemaker.create_notebook_instance(
        NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn="arn:aws:iam::123456789012:role/any"
    )
    data = make_bucket(client(sandbox.server, "s3"), f"data-{sandbox.bucket[-8:]}")
    instance = sandbox.instance(
        notebook=name, libraries=None, idle_minutes=0, check_seconds=0.2, work=f"s3://{data}/notebooks/explore/"
    )
    with instance.started(python=Path("/usr")) as machine:
        busy = [kernel(HOURS, "busy")]
        start_jupyter(machine, kernels=busy)
        log = machine.file("/var/log/mlproject.log")
        (instance.volume / "late.ipynb").write_text("{}")
        wait_until(machine.file("/opt/mlproject/tools/work.sh").exists)
        assert sagemaker.describe_notebook_instance(NotebookInstanceName=name)["NotebookInstanceStatus"] == "InService"
        assert "stopping" not in log.read_text()
        machine.file("/srv/kernels").write_text("[]")
        wait_until(lambda: status(sagemaker, name) != "InService")
        assert "idle for 0 minutes: stopping the instance" in log.read_text()
        # The user of the notebook could not write to a lock created by root.
        assert not (instance.volume / ".mlproject" / "lock").exists()
    keys = [each["Key"] for each in client(sandbox.server, "s3").list_objects_v2(Bucket=data)["Contents"]]
    assert keys == ["notebooks/explore/late.ipynb"]


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
