"""Programs that the installation starts. They hold its lock, so that a killed run ends before the next one begins."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from .settings import STATE

_inherited: list[int] = []


@contextmanager
def locked() -> Iterator[None]:
    """Wait until no other run, and no program that a killed run started, holds the lock."""
    with (STATE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _inherited.append(lock.fileno())
        try:
            yield
        finally:
            _inherited.clear()


def run_program(
    command: Sequence[str | Path], variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program and return its output.

    Args:
        command: the program and its arguments.
        variables: its only environment variables besides PATH and HOME. Defaults to those of this process.
    """
    environment = None if variables is None else {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **variables}
    return subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        pass_fds=_inherited,
    )
