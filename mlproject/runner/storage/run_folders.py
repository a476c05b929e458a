"""The folder of each run, and what is left of runs that were killed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

RUNS = "runs"
CACHE = "cache"
_MARK = "running.json"


@contextmanager
def marked_as_running(folder: Path, execution_arn: str) -> Iterator[None]:
    """Leave a mark in a run's folder while it runs: after a kill -9 it is still there."""
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / _MARK
    mark.write_text(json.dumps({"pid": os.getpid(), "execution_arn": execution_arn}))
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


def settle_killed_runs(runs: Path, settle: Callable[[str], None]) -> list[str]:
    """Clean up after runs whose process is gone: their work folders go, their logs stay.

    Args:
        runs: the folder that holds the run folders.
        settle: called with the ARN of each one's execution.

    Returns:
        The ARNs.
    """
    settled = []
    for mark in sorted(runs.glob(f"*/{_MARK}")):
        try:
            told = json.loads(mark.read_text())
            pid, arn = int(told["pid"]), str(told["execution_arn"])
        except (OSError, ValueError, KeyError):
            continue  # being written by a run that starts now
        if _is_alive(pid):
            continue
        settle(arn)
        settled.append(arn)
        shutil.rmtree(mark.parent / "work", ignore_errors=True)
        mark.unlink(missing_ok=True)
    return settled


def _is_alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        try:
            os.kill(pid, 0)
        except PermissionError:
            return True
        return True
    return False
