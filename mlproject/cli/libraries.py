"""`mlproject libraries`: what notebooks and EMR nodes install, from this machine into the project's S3 bucket."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session
    from mlproject.libraries import LibraryList, PushResult
    from mlproject.parameters.model import Deployment


def register(app: typer.Typer) -> None:
    """Add the group `libraries`."""
    group = typer.Typer(help="The libraries of a project's notebooks and of its EMR cluster.", no_args_is_help=True)
    # A callback keeps the command's name necessary while there is only one.
    group.callback()(lambda: None)
    group.command("push")(push)
    app.add_typer(group, name="libraries")


def push(
    project: Annotated[str, typer.Argument(help="A project's name, such as flights.")],
    environment: Annotated[str, typer.Option(help="One of environments.yaml, such as local.")],
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="Take the newest versions instead of those that were pushed last.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Resolve the project's lists of libraries, fetch the wheels and upload both; what is there already stays."""
    from mlproject.cli.common.session import create_session, reporting_aws_errors
    from mlproject.files import project_root
    from mlproject.libraries import read_library_lists
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    lists = read_library_lists(deployment, root)
    if not lists:
        raise UserError(
            f"projects/{project}/project.yaml names no list of libraries in {environment}; name one with `libraries:` "
            "below a notebook or below emr."
        )
    session = create_session(deployment.environment, root)
    bucket = deployment.names.bucket("artifacts")
    with reporting_aws_errors(f"uploading libraries to s3://{bucket}"):
        _require_bucket(deployment, session)
        done = [_push_one(library_list, session, bucket, upgrade=upgrade) for library_list in lists]
    if as_json:
        print(json.dumps({"lists": [_as_json(each) for each in done]}, indent=2))
    else:
        for each in done:
            print(f"{each.uri}: {_told(each)}")


def _push_one(library_list: LibraryList, session: Session, bucket: str, *, upgrade: bool) -> PushResult:
    from mlproject import libraries

    s3 = session.client("s3")
    pushed = libraries.read_pushed(library_list, s3=s3, bucket=bucket)
    _say(f"{library_list}: resolving")
    lock = libraries.resolve(library_list, known=None if upgrade else pushed)
    kept = libraries.existing_wheels(libraries.reusable_wheels(library_list, lock, pushed), s3=s3, bucket=bucket)
    have = {wheel.distribution for wheel in kept}
    missing = [pin for pin in lock.pins if pin.name not in have]
    with tempfile.TemporaryDirectory(prefix="mlproject-wheels-") as folder:
        with _counting(f"{library_list}: fetching", len(missing)) as progress:
            files = libraries.fetch(library_list, missing, Path(folder), progress=progress)
        locked = lock.with_wheels([*kept, *files])
        with _counting(f"{library_list}: uploading", len(files)) as progress:
            return libraries.push(library_list, locked, files, s3=s3, bucket=bucket, progress=progress)


def _require_bucket(deployment: Deployment, session: Session) -> None:
    from botocore.exceptions import ClientError

    bucket = deployment.names.bucket("artifacts")
    try:
        session.client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchBucket"}:
            raise
        raise UserError(
            f"bucket {bucket} does not exist yet: deploy it first with `cdk deploy '{deployment.names.path}/storage'`.",
            exit_code=1,
        ) from error


def _told(pushed: PushResult) -> str:
    from mlproject.cli.common.formatting import format_count

    count = f"{pushed.libraries} libraries"
    if not pushed.changed and not pushed.uploaded:
        return f"there already ({count})"
    list_ = "pushed" if pushed.changed else "there already"
    return f"{list_} ({count}, {format_count(len(pushed.uploaded), 'wheel')} uploaded)"


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


def _say(text: str) -> None:
    """Progress goes to standard error: standard output has the outcome alone."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _counting(doing: str, total: int) -> Iterator[Callable[[str], None]]:
    """A bar on a terminal; elsewhere one line at the beginning."""
    from mlproject.cli.common.formatting import format_count

    if not total or not sys.stderr.isatty():
        if total:
            _say(f"{doing} {format_count(total, 'wheel')}")
        yield lambda _file: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, transient=True, console=Console(stderr=True)) as bars:
        task = bars.add_task(doing, total=total)
        yield lambda _file: bars.advance(task)
