"""`mlproject libraries`: upload the libraries of notebooks and EMR nodes to the project's S3 bucket, and roll back."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument
from mlproject.cli.common.library_rollback import rollback
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session
    from mlproject.libraries import LibraryList, PushResult, Wheel
    from mlproject.parameters.model import Deployment


def register(app: typer.Typer) -> None:
    """Add the group `libraries`."""
    group = typer.Typer(help="Manage the libraries of a project's notebooks and EMR cluster.", no_args_is_help=True)
    group.command("push")(push)
    group.command("rollback")(rollback)
    app.add_typer(group, name="libraries")


def push(
    project: ProjectArgument,
    environment: EnvironmentOption,
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="Use the newest versions instead of the uploaded ones.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Resolve the project's library lists, download the wheels, and upload both. Existing files are kept."""
    from mlproject.cli.common.session import create_session
    from mlproject.files import project_root
    from mlproject.libraries import read_library_lists
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    lists = read_library_lists(deployment, root)
    if not lists:
        raise UserError(
            f"projects/{project}/project.yaml does not use a library list in {environment}. Add `libraries:` to a "
            "notebook or to emr."
        )
    results = push_lists(deployment, create_session(deployment.environment, root), lists, upgrade=upgrade)
    if as_json:
        print(json.dumps({"lists": [_as_json(each) for each in results]}, indent=2))
    else:
        print_results(results)


def push_lists(
    deployment: Deployment, session: Session, lists: Iterable[LibraryList], *, upgrade: bool
) -> tuple[PushResult, ...]:
    """Upload library lists and their wheels to the project's bucket, as `mlproject libraries push` does."""
    from mlproject.cli.common.session import reporting_aws_errors

    bucket = deployment.names.bucket("artifacts")
    with reporting_aws_errors(f"uploading libraries to s3://{bucket}"):
        _require_bucket(deployment, session)
        return tuple(_push_one(library_list, session, bucket, upgrade=upgrade) for library_list in lists)


def print_results(results: Iterable[PushResult]) -> None:
    """Print one line per library list."""
    for result in results:
        print(f"{result.uri}: {_describe(result)}")


def _push_one(library_list: LibraryList, session: Session, bucket: str, *, upgrade: bool) -> PushResult:
    from mlproject import libraries

    s3 = session.client("s3")
    pushed = libraries.read_pushed(library_list, s3=s3, bucket=bucket)
    _print_progress(f"{library_list}: resolving")
    lock = libraries.resolve(library_list, known=None if upgrade else pushed)
    kept = libraries.existing_wheels(libraries.reusable_wheels(library_list, lock, pushed), s3=s3, bucket=bucket)
    have = {wheel.distribution for wheel in kept}
    missing = [pin for pin in lock.pins if pin.name not in have]
    with tempfile.TemporaryDirectory(prefix="mlproject-wheels-") as folder:
        with _progress_bar(f"{library_list}: downloading", len(missing)) as progress:
            files = libraries.fetch(library_list, missing, Path(folder), progress=progress)
        locked = lock.with_wheels([*kept, *files])
        if library_list.target == "notebook":
            uv, uv_file = _select_uv(library_list, pushed, Path(folder) / "uv", s3=s3, bucket=bucket)
            locked, files = replace(locked, uv=uv), {**files, **uv_file}
        with _progress_bar(f"{library_list}: uploading", len(files)) as progress:
            return libraries.push(library_list, locked, files, s3=s3, bucket=bucket, progress=progress)


def _select_uv(
    library_list: LibraryList, pushed: str | None, folder: Path, *, s3: Any, bucket: str
) -> tuple[Wheel | None, dict[Wheel, Path]]:
    """Return the wheel of uv for the list, and its path if it has to be uploaded."""
    from mlproject import libraries

    version = libraries.uv_version()
    known = libraries.pushed_uv(libraries.read_lock(pushed), version) if pushed else None
    if known and libraries.existing_wheels([known], s3=s3, bucket=bucket):
        return known, {}
    folder.mkdir()
    files = libraries.fetch_uv(library_list, version, folder)
    if not files:
        _print_progress(f"{library_list}: the index has no wheel of uv {version}, so pip installs, which takes longer")
    return next(iter(files), None), files


def _require_bucket(deployment: Deployment, session: Session) -> None:
    from botocore.exceptions import ClientError

    bucket = deployment.names.bucket("artifacts")
    try:
        session.client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchBucket"}:
            raise
        raise UserError(
            f"bucket {bucket} does not exist. Deploy it with `cdk deploy '{deployment.names.path}/storage'`.",
            exit_code=1,
        ) from error


def _describe(pushed: PushResult) -> str:
    from mlproject.cli.common.formatting import format_count

    count = f"{pushed.libraries} libraries"
    if not pushed.changed and not pushed.uploaded:
        return f"already there ({count})"
    state = "pushed" if pushed.changed else "already there"
    return f"{state} ({count}, {format_count(len(pushed.uploaded), 'wheel')} uploaded)"


def _as_json(pushed: PushResult) -> dict[str, object]:
    library_list = pushed.library_list
    return {
        "target": library_list.target,
        "list": library_list.stem,
        "python": library_list.python,
        "platform": library_list.platform,
        "uri": pushed.uri,
        "libraries": pushed.libraries,
        "uploaded": list(pushed.uploaded),
        "changed": pushed.changed,
    }


def _print_progress(text: str) -> None:
    """Print progress to standard error, since standard output contains only the result."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _progress_bar(task: str, total: int) -> Iterator[Callable[[str], None]]:
    """Show a progress bar on a terminal; elsewhere print one line."""
    from mlproject.cli.common.formatting import format_count

    if not total or not sys.stderr.isatty():
        if total:
            _print_progress(f"{task} {format_count(total, 'wheel')}")
        yield lambda _file: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, transient=True, console=Console(stderr=True)) as bars:
        task_id = bars.add_task(task, total=total)
        yield lambda _file: bars.advance(task_id)
