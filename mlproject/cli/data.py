"""`mlproject data`: upload a pipeline's data set to the project's data bucket."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session
    from mlproject.data import LocatedFile
    from mlproject.parameters.model import Deployment


def register(app: typer.Typer) -> None:
    """Add the group `data`."""
    group = typer.Typer(help="The data set that a project's pipeline reads.", no_args_is_help=True)
    # Without a callback, typer would drop the name of the only command.
    group.callback()(lambda: None)
    group.command("push")(push)
    app.add_typer(group, name="data")


def push(
    project: ProjectArgument,
    environment: EnvironmentOption,
    source: Annotated[
        Path | None, typer.Option("--from", help="A folder with the files (default: those of the installed packages).")
    ] = None,
) -> None:
    """Upload the data set of a project's pipeline. Files that are already there are not uploaded again."""
    from mlproject import data
    from mlproject.cli.common.formatting import format_size
    from mlproject.cli.common.session import create_session, reporting_aws_errors
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    dataset = data.read(root / "pipelines" / deployment.require_pipeline().folder)
    files = data.locate(dataset, folder=source)
    data.verify(files)
    session = create_session(deployment.environment, root)
    bucket = deployment.names.bucket("data")
    with reporting_aws_errors(f"uploading to s3://{bucket}/{dataset.prefix}"):
        _require_bucket(deployment, session)
        with _progress(files) as progress:
            uploads = data.push(files, s3=session.client("s3"), bucket=bucket, prefix=dataset.prefix, progress=progress)
    for each in uploads:
        print(f"{each.uri}: {'uploaded' if each.uploaded else 'already there'} ({format_size(each.bytes)})")


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
def _progress(files: tuple[LocatedFile, ...]) -> Iterator[Callable[[LocatedFile, int], None]]:
    """Show a progress bar on a terminal, and nothing elsewhere."""
    if not sys.stdout.isatty():
        yield lambda _file, _count: None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), transient=True) as bars:
        tasks = {located.path: bars.add_task(located.file.name, total=located.file.bytes) for located in files}
        yield lambda located, count: bars.advance(tasks[located.path], count)
