"""The sandboxes have the properties that the other tests assume."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.node_scripts.machine import PATH, UID, python_like, running, sandbox_problem, wait_until

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("version", ["3.10", "3.9"])
def test_the_python_of_the_real_machine_is_here(version: str) -> None:
    """Without this Python, the scripts are tested with the current Python, which the skipped test reports."""
    _, is_real = python_like(version)
    if not is_real:
        pytest.skip(f"NOT PROVEN HERE: no Python {version} on this machine, so another one stands in for it")


def test_nothing_is_reached_but_aws_and_nothing_is_left() -> None:
    problem = sandbox_problem()
    if problem:
        pytest.skip(f"NOT PROVEN HERE: {problem}")
    with socket.create_server(("127.0.0.1", 0)) as outside, running(server=None, binds={}) as machine:
        port = outside.getsockname()[1]
        for host, number in (("127.0.0.1", port), ("192.0.2.1", 80)):
            tried = machine.run("bash", "-c", f": </dev/tcp/{host}/{number}")
            assert tried.returncode == 1
            assert "refused" in tried.stderr or "unreachable" in tried.stderr
        # The sandbox contains programs but not the checkout, and no environment variables of the test run.
        assert machine.run("ls", str(ROOT / "mlproject")).returncode == 2
        variables = machine.run("/usr/bin/env").stdout
        assert set(variables.splitlines()) == {f"PATH={PATH}"}
        assert machine.run("id", "-u", user="ec2-user").stdout == f"{UID}\n"
        machine.spawn("sleep", "1234567")
        wait_until(lambda: any(each.name() == "sleep" for each in machine.processes("sleep 1234567")))
        (process,) = [each for each in machine.processes("sleep 1234567") if each.name() == "sleep"]
    # The kernel ends the processes of the namespace after the one that was killed.
    wait_until(lambda: not process.is_running())
    assert not machine.root.exists()
    assert str(machine.root) not in Path("/proc/mounts").read_text()
