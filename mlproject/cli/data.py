"""`mlproject data`: a pipeline's real data set, into the project's data bucket."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli._session import Session
    from mlproject.data import Located
    from mlproject.parameters.model import Deployment


def register(app: typer.Typer) -> None:
    """Add the group `data`."""
    group = typer.Typer(help="The data set that a project's pipeline reads.", no_args_is_help=True)
    # A callback keeps the command's name necessary while there is only one.
    group.callback()(lambda: None)
    group.command("push")(push)
    app.add_typer(group, name="data")


def push(
    project: Annotated[str, typer.Argument(help="A project's name, such as flights.")],
    environment: Annotated[str, typer.Option(help="One of environments.yaml, such as local.")],
    source: Annotated[
        Path | None, typer.Option("--from", help="A folder that holds the files; they are installed without it.")
    ] = None,
) -> None:
    """Upload the data set of a project's pipeline; what is there already stays."""
    from mlproject import data
    from mlproject.cli._session import in_words, session_for
    from mlproject.cli._words import size
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    dataset = data.read(root / "pipelines" / deployment.pipeline.folder)
    files = data.locate(dataset, folder=source)
    data.verify(files)
    session = session_for(deployment.environment, root)
    bucket = deployment.names.bucket("data")
    with in_words(f"uploading to s3://{bucket}/{dataset.prefix}"):
        _require_bucket(deployment, session)
        with _progress(files) as progress:
            done = data.push(files, s3=session.client("s3"), bucket=bucket, prefix=dataset.prefix, progress=progress)
    for each in done:
        print(f"{each.uri}: {'uploaded' if each.uploaded else 'there already'} ({size(each.bytes)})")


def _require_bucket(deployment: Deployment, session: Session) -> None:
    from botocore.exceptions import ClientError

    bucket = deployment.names.bucket("data")
    try:
        session.client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchBucket"}:
            raise
        raise UserError(
            f"bucket {bucket} does not exist yet: deploy it first with `cdk deploy '{deployment.names.path}/*'`.",
            exit_code=1,
        ) from error


@contextmanager
def _progress(files: tuple[Located, ...]) -> Iterator[Callable[[Located, int], None]]:
    """A bar on a terminal; nothing elsewhere."""
    if not sys.stdout.isatty():
        yield lambda _file, _count: None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), transient=True) as bars:
        tasks = {located.path: bars.add_task(located.file.name, total=located.file.bytes) for located in files}
        yield lambda located, count: bars.advance(tasks[located.path], count)
