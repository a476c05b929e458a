"""`mlproject data`: describe the data set of a pipeline, and bring it into a project's data bucket."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlproject.cli.common.arguments import EnvironmentOption, PipelineArgument, ProjectArgument
from mlproject.cli.common.buckets import require_bucket
from mlproject.cli.common.completion import complete_environment
from mlproject.errors import UserError
from mlproject.translation import translated

if TYPE_CHECKING:
    from mlproject.data import DataFile


def register(app: typer.Typer) -> None:
    """Add the group `data`."""
    group = typer.Typer(help="The data set that a project's pipeline reads.", no_args_is_help=True)
    group.command("lock")(lock)
    group.command("push")(push)
    app.add_typer(group, name="data")


def lock(
    *,
    pipeline: PipelineArgument,
    source: Annotated[
        str,
        typer.Option(
            "--from", help="A folder, package:NAME/FOLDER, or a prefix in S3 such as s3://company-lake/wine/."
        ),
    ],
    environment: Annotated[
        str | None,
        typer.Option(
            "--environment",
            "-e",
            help="The environment whose account reads a prefix in S3.",
            autocompletion=complete_environment,
        ),
    ] = None,
    version: Annotated[
        str | None,
        typer.Option(help="The version (default: that of the package, or one derived from the hashes)."),
    ] = None,
    description: Annotated[str | None, typer.Option(help="One line about the data.")] = None,
    licence: Annotated[str | None, typer.Option(help="Its SPDX identifier, such as CC-BY-4.0.")] = None,
    origin: Annotated[str | None, typer.Option(help="Who publishes the data.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Read every file of a source, and write data.json with their names, sizes and hashes.

    `mlproject data push` then brings exactly these files into a project's data bucket.
    """
    from mlproject import data
    from mlproject.cli.common.formatting import format_count, format_size
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.definition import read_definition
    from mlproject.definition.data_version import PARAMETER, read_data_version
    from mlproject.definition.document import DEFINITION_FILE
    from mlproject.files import project_root

    root = project_root()
    folder = _pipeline_folder(pipeline, root)
    previous = data.read(folder) if (folder / data.DATA_FILE).exists() else None
    s3 = _open_s3(environment, root) if environment else None
    with reporting_aws_errors(f"reading {source}"), _read_progress() as progress:
        contents = data.read_source(source, root=root, s3=s3, progress=progress)
    dataset = data.describe_dataset(
        contents, previous=previous, version=version, description=description, licence=licence, origin=origin
    )
    changed = dataset != previous
    if changed:
        data.write(folder, dataset)
    size = sum(file.bytes for file in dataset.files)
    file = f"pipelines/{pipeline}/{data.DATA_FILE}"
    if as_json:
        shown = {"file": file, "changed": changed, "version": dataset.version, "files": len(dataset.files)}
        print(json.dumps({**shown, "bytes": size, "hidden": list(contents.hidden)}, indent=2))
        return
    state = "unchanged" if not changed else "changed" if previous else "new"
    print(
        f"{file}: {state} ({format_count(len(dataset.files), 'file')}, {format_size(size)}, version {dataset.version})"
    )
    if contents.hidden:
        print(f"Not included, since they are hidden: {', '.join(contents.hidden)}.")
    if contents.source is None:
        print("The folder is outside the repository, so `mlproject data push` needs --from.")
    if (folder / DEFINITION_FILE).exists():
        old = read_data_version(read_definition(folder), {})
        if old is not None and old != dataset.version:
            print(
                f"The pipeline still reads version {old}. Set the default of {PARAMETER} in pipelines/{pipeline}/"
                f"pipeline.py to {dataset.version!r}, and run `mlproject pipeline build {pipeline}`."
            )


def push(
    project: ProjectArgument,
    environment: EnvironmentOption,
    source: Annotated[
        Path | None, typer.Option("--from", help="A folder with the files (default: the source in data.json).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object: objects.")] = False,
) -> None:
    """Bring the data set of a project's pipeline into its data bucket. Objects that are already there stay.

    Run the command again after an interruption: an upload continues with the parts that are missing.
    """
    from mlproject import data
    from mlproject.cli.common.formatting import format_size
    from mlproject.cli.common.session import create_session, reporting_aws_errors
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    dataset = data.read(root / "pipelines" / deployment.require_pipeline().folder)
    prepared = data.prepare_push(dataset, root=root, folder=source)
    session = create_session(deployment.environment, root)
    bucket = deployment.names.bucket("data")
    with reporting_aws_errors(f"uploading to s3://{bucket}/{dataset.prefix}"):
        require_bucket(
            bucket,
            session,
            missing=f"does not exist yet: deploy it first with `cdk deploy '{deployment.names.path}/*'`.",
        )
        with _push_progress(dataset.files) as progress:
            objects = prepared.run(
                s3=session.client("s3"), bucket=bucket, state=root / ".mlproject" / "uploads", progress=progress
            )
    if as_json:
        print(json.dumps({"objects": [asdict(each) for each in objects]}, indent=2))
        return
    for each in objects:
        print(f"{each.uri}: {translated(each.action)} ({format_size(each.bytes)})")


def _pipeline_folder(name: str, root: Path) -> Path:
    """Return the folder of a pipeline, which may have no pipeline.py yet."""
    from mlproject.parameters.findings import closest_match, join_names

    folders = {path.name: path for path in (root / "pipelines").glob("[!._]*/")}
    if name not in folders:
        near = closest_match(name, folders)
        hint = f" Did you mean {near}?" if near else ""
        raise UserError(
            f"pipelines/{name}: no such folder.{hint} Allowed: {join_names(folders)}. Create it for a new pipeline.",
            topic="unknown-name",
        )
    return folders[name]


def _open_s3(environment: str, root: Path) -> Any:
    from mlproject.cli.common.session import create_session
    from mlproject.parameters import load_valid_parameters

    platform = load_valid_parameters(root)
    platform.deployments(environment=environment)  # raises for an unknown environment
    return create_session(platform.environments[environment], root).client("s3")


@contextmanager
def _read_progress() -> Iterator[Callable[[str, int], None]]:
    """Show the file that is read and the number of bytes so far on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _name, _count: None
        return
    from rich.console import Console
    from rich.progress import DownloadColumn, Progress, SpinnerColumn, TextColumn, TransferSpeedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("reading", total=None)
        yield lambda name, count: bars.update(task, description=name, advance=count)


@contextmanager
def _push_progress(files: tuple[DataFile, ...]) -> Iterator[Callable[[DataFile, int], None]]:
    """Show one bar for all files on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _file, _count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=sum(file.bytes for file in files))
        yield lambda file, count: bars.update(task, description=file.name, advance=count)
