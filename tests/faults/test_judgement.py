"""The judgement of a fault finds half files, processes that are left, and commands that do not say what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.checkouts import ROOT
from tests.node_scripts.machine import sandbox_problem


def judged(way: str, kind: str, *, number: int = 8) -> list[dict[str, Any]]:
    """Judge some faults of a command in a process of its own, which has mounts of its own.

    Args:
        way: how the command writes its file.
        kind: of the faults.
        number: of the faults.
    """
    done = subprocess.run(
        ["unshare", "--mount", sys.executable, "-m", "tests.faults.scratch_subject", way, kind, str(number)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


@pytest.fixture(autouse=True)
def namespaces() -> None:
    problem = sandbox_problem()
    if problem:
        pytest.skip(f"NOT PROVEN HERE: {problem}")


@pytest.mark.parametrize("kind", ["kill", "disk"])
def test_a_command_that_writes_atomically_recovers_from_every_fault(kind: str) -> None:
    results = judged("atomically", kind)
    assert {each["verdict"] for each in results} == {"recovered"}, results


def test_a_fault_is_the_same_in_each_repetition() -> None:
    first, second = judged("atomically", "kill"), judged("atomically", "kill")
    assert first == second
    assert len({each["injected"] for each in first}) > 3


def test_half_a_file_is_found_after_a_kill() -> None:
    found = [problem for each in judged("in place", "kill") for problem in each["problems"]]
    assert "after the fault, the file is half" in found


def test_a_traceback_is_found_on_a_full_disk() -> None:
    results = judged("in place", "disk")
    assert {each["verdict"] for each in results} == {"failed"}
    assert all("shows an internal error" in each["problems"][0] for each in results)


def test_a_command_that_does_not_say_why_it_refuses_is_found() -> None:
    found = [problem for each in judged("once", "kill") for problem in each["problems"]]
    assert any("the next command ends with exit code 3 and says no reason" in problem for problem in found)


@pytest.mark.slow
def test_a_process_that_is_left_is_found_and_ended() -> None:
    # The judge waits for the end of the process in vain.
    results = judged("leaving a process", "disk", number=1)
    assert ["still runs: sleep 600" in each["problems"] for each in results] == [True]
