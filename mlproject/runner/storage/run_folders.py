"""The folders of runs, and the cleanup after killed runs."""

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
    """Keep a marker file in a run's folder while it runs. After a kill -9 it is still there."""
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / _MARK
    mark.write_text(json.dumps({"pid": os.getpid(), "execution_arn": execution_arn}))
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


def clean_up_killed_runs(runs: Path, clean_up: Callable[[str], None]) -> list[str]:
    """Clean up after runs whose process has died: delete their work folders, keep their logs.

    Args:
        runs: the folder that contains the run folders.
        clean_up: called with the ARN of each execution.

    Returns:
        The ARNs.
    """
    settled = []
    for mark in sorted(runs.glob(f"*/{_MARK}")):
        try:
            marker = json.loads(mark.read_text())
            pid, arn = int(marker["pid"]), str(marker["execution_arn"])
        except (OSError, ValueError, KeyError):
            continue  # a run that is just starting is writing it
        if _is_alive(pid):
            continue
        clean_up(arn)
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
