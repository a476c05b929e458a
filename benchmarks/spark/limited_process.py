"""Run a command with limits, and observe the memory of all its processes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

# Seconds between two looks at the memory. A shorter peak is missed.
INTERVAL = 0.1

Outcome = Literal["finished", "memory", "time", "error"]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A run of a command.

    Args:
        outcome: `memory` and `time` if it exceeded a limit and was killed, `error` if it failed by itself.
        seconds: wall-clock seconds until it ended.
        peak_memory_mib: largest sum of the resident memory of its processes. Memory that several of them share counts
            for each.
        output: what it printed.
    """

    outcome: Outcome
    seconds: float
    peak_memory_mib: int
    output: str


def run_limited(
    command: Sequence[str], *, environment: Mapping[str, str], log: Path, memory_gib: float, seconds: float
) -> Measured:
    """Run a command until it ends or exceeds a limit; then all its processes are killed.

    Args:
        command: program and arguments.
        environment: the complete environment.
        log: file for its output.
        memory_gib: limit of the resident memory of all its processes together.
        seconds: limit of the wall-clock time.
    """
    outcome: Outcome | None = None
    peak = 0
    started = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while outcome is None and _is_running(process):
            peak = max(peak, _resident_memory(process.pid))
            if peak > memory_gib * 2**30:
                outcome = "memory"
            elif time.perf_counter() - started > seconds:
                outcome = "time"
        took = time.perf_counter() - started
    finally:
        _kill(process)
    return Measured(
        outcome=outcome or ("error" if process.returncode else "finished"),
        seconds=round(took, 2),
        peak_memory_mib=round(peak / 2**20),
        output=log.read_text(errors="replace"),
    )


def _is_running(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(INTERVAL)
    except subprocess.TimeoutExpired:
        return True
    return False


def _resident_memory(pid: int) -> int:
    """Return the bytes of a process and all its descendants."""
    total = 0
    for each in _processes(pid):
        with suppress(psutil.NoSuchProcess):
            total += each.memory_info().rss
    return total


def _processes(pid: int) -> list[psutil.Process]:
    """Return a process and all its descendants, or none if it has ended."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill all processes that are left: descendants, also in groups of their own, and those without a parent."""
    processes = _processes(process.pid)
    for each in processes:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    psutil.wait_procs(processes)
