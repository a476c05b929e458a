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
# A download that hangs would hold the lock for ever, and an instance that installs is never idle.
_AWS_SECONDS = 3600
_TIMED_OUT = 124


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


def run_aws(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the aws CLI, with a time limit, and return its output."""
    # In this process group, so that whoever kills the installation also kills it.
    limit = ("timeout", "--foreground", "--kill-after=10", str(_AWS_SECONDS))
    done = run_program([*limit, "aws", *arguments])
    if done.returncode == _TIMED_OUT:
        done.stderr = f"S3 did not respond within {_AWS_SECONDS} seconds"
    return done


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
