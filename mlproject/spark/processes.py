"""Processes of this machine: identity, memory, and their end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import psutil

# Time between SIGTERM and SIGKILL, and then until the end.
STOP_SECONDS = 15.0


@dataclass(frozen=True, kw_only=True)
class ProcessIdentity:
    """A process. Its number alone is used again after its end.

    Args:
        pid: its number.
        created: time of its start, in seconds since 1970.
    """

    pid: int
    created: float

    def find(self) -> psutil.Process | None:
        """Return the process; None if it has ended."""
        try:
            process = psutil.Process(self.pid)
            alive = process.create_time() == self.created and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if alive else None


def identify(pid: int) -> ProcessIdentity:
    """Return the identity of a running process."""
    return ProcessIdentity(pid=pid, created=psutil.Process(pid).create_time())


def with_descendants(process: psutil.Process) -> list[psutil.Process]:
    """Return a process and all processes that it and its children started."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def memory_mb(processes: Iterable[psutil.Process]) -> float:
    """Return the resident memory of processes in MB. Pages that two of them share count twice."""
    total = 0
    for process in processes:
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 1e6


def end_processes(processes: Iterable[psutil.Process]) -> None:
    """End processes: SIGTERM, then SIGKILL for those that are left after the grace period."""
    remaining = list(processes)
    for send in (psutil.Process.terminate, psutil.Process.kill):
        for process in remaining:
            try:
                send(process)
            except psutil.NoSuchProcess:
                continue
        _, remaining = psutil.wait_procs(remaining, timeout=STOP_SECONDS)
        remaining = [each for each in remaining if _is_running(each)]
        if not remaining:
            return


def _is_running(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
