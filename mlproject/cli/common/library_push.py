"""Uploading a project's locked libraries, for `mlproject libraries push` and `mlproject deploy`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mlproject.cli.common.buckets import require_bucket

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session
    from mlproject.libraries import LibraryList, PushResult
    from mlproject.parameters.model import Deployment

_WHEELS_AT_A_TIME = 8


def push_lists(deployment: Deployment, session: Session, lists: Iterable[LibraryList]) -> tuple[PushResult, ...]:
    """Upload locks and their wheels to the project's bucket, as `mlproject libraries push` does.

    Raises:
        UserError: a lock is missing, edited or outdated, or its libraries do not fit. Nothing is uploaded.
    """
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.libraries import read_lock_text

    texts = [(library_list, read_lock_text(library_list)) for library_list in require_locks(lists)]
    bucket = deployment.names.bucket("artifacts")
    with reporting_aws_errors(f"uploading libraries to s3://{bucket}"):
        require_artifacts_bucket(deployment, session)
        return tuple(_push_one(library_list, text, session, bucket) for library_list, text in texts)


def print_results(results: Iterable[PushResult]) -> None:
    """Print one line per library list."""
    for result in results:
        print(f"{result.uri}: {_describe(result)}")


def require_locks(lists: Iterable[LibraryList]) -> tuple[LibraryList, ...]:
    """Return the lists, whose locks are up to date and fit on the volumes.

    Raises:
        ParametersError: a lock is missing, edited, outdated or too large.
    """
    from mlproject.libraries import lock_findings
    from mlproject.parameters import ParametersError

    checked = tuple(lists)
    findings = list(lock_findings(checked))
    if findings:
        raise ParametersError(findings, topic="libraries-not-locked")
    return checked


def _push_one(library_list: LibraryList, text: str, session: Session, bucket: str) -> PushResult:
    """Download and upload a few wheels at a time, so that an interrupted push continues where it ended."""
    from dataclasses import replace

    from mlproject import libraries

    s3 = session.client("s3")
    locked = libraries.read_lock(text)
    uv = [locked.uv] if locked.uv else []
    existing = {each.sha256 for each in libraries.existing_wheels([*locked.wheels, *uv], s3=s3, bucket=bucket)}
    missing = [pin for pin in (*locked.pins, *map(libraries.uv_pin, uv)) if not pin.hashes & existing]
    uploaded: list[str] = []
    with _progress_bar(f"{library_list}: uploading", len(missing)) as progress:
        for start in range(0, len(missing), _WHEELS_AT_A_TIME):
            part = missing[start : start + _WHEELS_AT_A_TIME]
            with tempfile.TemporaryDirectory(prefix="mlproject-wheels-") as folder:
                files = libraries.fetch(library_list, part, Path(folder))
                uploaded += libraries.push_wheels(files, s3=s3, bucket=bucket, progress=progress)
    return replace(libraries.push_list(library_list, text, s3=s3, bucket=bucket), uploaded=tuple(uploaded))


def require_artifacts_bucket(deployment: Deployment, session: Session) -> None:
    """Check that the bucket of the libraries exists.

    Raises:
        UserError: it does not exist.
    """
    require_bucket(
        deployment.names.bucket("artifacts"),
        session,
        missing=f"does not exist. Deploy it with `cdk deploy '{deployment.names.path}/storage'`.",
    )


def _describe(pushed: PushResult) -> str:
    from mlproject.cli.common.formatting import format_count

    count = f"{pushed.libraries} libraries"
    if not pushed.changed and not pushed.uploaded:
        return f"already there ({count})"
    state = "pushed" if pushed.changed else "already there"
    return f"{state} ({count}, {format_count(len(pushed.uploaded), 'wheel')} uploaded)"


def print_progress(text: str) -> None:
    """Print progress to standard error, since standard output contains only the result."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _progress_bar(task: str, total: int) -> Iterator[Callable[[str], None]]:
    """Show a progress bar on a terminal; elsewhere print one line."""
    from mlproject.cli.common.formatting import format_count

    if not total or not sys.stderr.isatty():
        if total:
            print_progress(f"{task} {format_count(total, 'wheel')}")
        yield lambda _file: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, transient=True, console=Console(stderr=True)) as bars:
        task_id = bars.add_task(task, total=total)
        yield lambda _file: bars.advance(task_id)
