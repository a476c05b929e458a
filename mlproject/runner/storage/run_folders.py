"""The folders of runs, and the cleanup after killed runs."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mlproject.errors import UserError
from mlproject.files import remove_abandoned_files, temporary_path
from mlproject.runner.storage.object_store import UnreachableError

RUNS = "runs"
CACHE = "cache"
_MARK = "running.json"


@contextmanager
def marked_as_running(folder: Path, execution_arn: str) -> Iterator[None]:
    """Keep a locked marker file in a run's folder while it runs.

    After a kill -9 the file is still there, but the system has released the lock. The file also stays if the block ends
    without having recorded how, since the embedded AWS does not respond.

    Raises:
        OSError: the folder cannot be written, such as on a full disk.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / _MARK
    # The file is locked and complete when others see it.
    new = temporary_path(mark)
    try:
        with new.open("x") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(json.dumps({"execution_arn": execution_arn}))
            file.flush()
            new.replace(mark)
            yield
    except UnreachableError:
        raise
    except UserError:
        mark.unlink(missing_ok=True)
        raise
    finally:
        new.unlink(missing_ok=True)
    mark.unlink(missing_ok=True)


def clean_up_killed_runs(folder: Path, clean_up: Callable[[str], None]) -> list[str]:
    """Clean up after runs whose process has died: delete their work folders and temporary files, keep their logs.

    Args:
        folder: the folder that contains the folder of runs.
        clean_up: called with the ARN of each execution.

    Returns:
        The ARNs.
    """
    arns = []
    killed = [mark for mark in sorted((folder / RUNS).glob(f"*/{_MARK}")) if not _is_locked(mark)]
    for mark in killed:
        arn = _read_arn(mark)
        if arn:
            clean_up(arn)
            arns.append(arn)
        shutil.rmtree(mark.parent / "work", ignore_errors=True)
        mark.unlink(missing_ok=True)
    if killed:
        remove_abandoned_files(folder)
    else:
        remove_abandoned_files(folder / RUNS, pattern=f"*/.{_MARK}.*")
    return arns


def _is_locked(mark: Path) -> bool:
    """Return whether the process that wrote the marker still runs."""
    try:
        with mark.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return True  # the run has just ended
    return False


def _read_arn(mark: Path) -> str | None:
    """Return the ARN in a marker; None if something has damaged it."""
    try:
        return str(json.loads(mark.read_text())["execution_arn"])
    except (ValueError, KeyError, TypeError):
        return None
