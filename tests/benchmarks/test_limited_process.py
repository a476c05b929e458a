"""Commands with limits of memory and time."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil
import pytest

from benchmarks.spark.engines import last_error
from benchmarks.spark.limited_process import Measured, run_limited

# A child of a child that holds memory in a session of its own, beyond which nothing happens.
HOLD = """
import subprocess, sys, time
if len(sys.argv) > 1:
    held = bytearray(200 * 2**20)
    print(sys.argv[1], flush=True)
    time.sleep(600)
import os
child = subprocess.Popen([sys.executable, __file__, str(os.getpid())], start_new_session=True)
print(child.pid, flush=True)
child.wait()
"""


def limited(tmp_path: Path, script: str, *, memory_gib: float = 1.0, seconds: float = 60) -> Measured:
    (tmp_path / "script.py").write_text(script)
    command = [sys.executable, str(tmp_path / "script.py")]
    return run_limited(
        command, environment=dict(os.environ), log=tmp_path / "log", memory_gib=memory_gib, seconds=seconds
    )


def test_a_run_that_finishes_has_its_time_and_memory(tmp_path: Path) -> None:
    measured = limited(tmp_path, "import time; held = bytearray(150 * 2**20); time.sleep(0.3); print('done')")
    assert (measured.outcome, measured.output) == ("finished", "done\n")
    assert measured.seconds >= 0.3
    assert 150 <= measured.peak_memory_mib < 400


@pytest.mark.parametrize(("limits", "outcome"), [({"memory_gib": 0.15}, "memory"), ({"seconds": 0.5}, "time")])
def test_a_run_beyond_a_limit_is_a_result_and_leaves_no_process(
    limits: dict[str, float], outcome: str, tmp_path: Path
) -> None:
    measured = limited(tmp_path, HOLD, **limits)
    assert measured.outcome == outcome
    child = int(measured.output.split()[0])
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


def test_a_run_that_fails_is_a_result_with_its_error(tmp_path: Path) -> None:
    measured = limited(tmp_path, "print('start'); raise MemoryError('5 GiB')")
    assert measured.outcome == "error"
    assert last_error(f"{measured.output}\nbye\n") == "MemoryError: 5 GiB"
