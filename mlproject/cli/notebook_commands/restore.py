"""`mlproject notebook restore`: list the saved work of a notebook, and restore it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.parameters import Deployment
    from mlproject.saved_work import Version


def register(group: typer.Typer) -> None:
    """Add the command `restore`."""
    group.command("restore")(restore)


def restore(
    *,
    project: ProjectArgument,
    name: Annotated[str, typer.Argument(help="The notebook's name in project.yaml, such as explore.")],
    environment: EnvironmentOption,
    file: Annotated[
        str | None, typer.Option(help="Restore only this file or folder, by its path below ~/SageMaker.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="Restore the versions of this time (UTC), such as '2026-11-29 10:15'.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Restore to this folder of this machine.")] = None,
    only_list: Annotated[bool, typer.Option("--list", help="Only list the versions, with --file or --at.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """List the saved work of a notebook, or restore it with --file, --at or --to. Nothing is overwritten.

    Without --to, the notebook writes the files to a new folder below ~/SageMaker/restored.
    """
    from mlproject.cli.common.session import create_session, reporting_aws_errors
    from mlproject.files import project_root
    from mlproject.node_scripts import work_prefix
    from mlproject.notebook_url import select_notebook
    from mlproject.parameters import load_valid_parameters
    from mlproject.saved_work import copy_for_notebook, download, list_versions, parse_time, require_absent

    root = project_root()
    time = parse_time(at) if at else None
    deployment = load_valid_parameters(root).deployment(project, environment)
    prefix = work_prefix(select_notebook(deployment, name, option="NAME"))
    _require_saving(deployment)
    bucket = deployment.names.bucket("data")
    s3 = create_session(deployment.environment, root).client("s3")
    with reporting_aws_errors(f"reading s3://{bucket}/{prefix}"):
        versions = list_versions(s3, bucket=bucket, prefix=prefix)
    selected = _select(versions, file=file, at=time, where=f"s3://{bucket}/{prefix}")
    if only_list or not (file or at or to):
        _print_list(selected, versions, every_version=file is not None, as_json=as_json)
        return
    if to:
        require_absent(selected, to)
    with reporting_aws_errors(f"restoring s3://{bucket}/{prefix}"):
        if to:
            download(s3, selected, bucket=bucket, prefix=prefix, folder=to)
            target = str(to)
        else:
            now = datetime.now(UTC)
            target = "~/SageMaker/" + copy_for_notebook(s3, selected, bucket=bucket, prefix=prefix, now=now)
    if as_json:
        print(json.dumps({"restored": [each.path for each in selected], "to": target}, indent=2))
    else:
        later = "" if to else ". The notebook writes them within 10 minutes while it runs, or at its next start"
        print(f"Restored {_count(selected)} to {target}{later}.")


def _require_saving(deployment: Deployment) -> None:
    if not deployment.environment.retain_data:
        raise UserError(
            f"{deployment.environment.name}: retain_data is false in environments.yaml, so the work of notebooks is "
            "not saved there."
        )


def _select(versions: tuple[Version, ...], *, file: str | None, at: datetime | None, where: str) -> tuple[Version, ...]:
    from mlproject.saved_work import select_versions

    selected = select_versions(versions, file=file, at=at)
    if not selected:
        what = f"--file {file}: no such file or folder" if file else "no work"
        when = f" at {_format(at)}" if at else ""
        raise UserError(
            f"{what} is saved in {where}{when}. Run the command without --file and --at to list what is saved.",
            exit_code=2 if file or at else 1,
        )
    return selected


def _print_list(
    selected: tuple[Version, ...], versions: tuple[Version, ...], *, every_version: bool, as_json: bool
) -> None:
    """Print the selected files with the number of their versions, or with every version."""
    from mlproject.cli.common.formatting import format_count, format_size

    paths = {each.path for each in selected}
    listed = [each for each in versions if each.path in paths and each.size is not None]
    if as_json:
        rows = [
            {"file": each.path, "saved": each.saved.isoformat(), "bytes": each.size, "version": each.version}
            for each in listed
        ]
        print(json.dumps({"versions": rows}, indent=2))
        return
    counts = Counter(each.path for each in listed)
    for each in listed if every_version else selected:
        # A line break in a name would look like another file.
        name = each.path if each.path.isprintable() else repr(each.path)
        line = f"{_format(each.saved)}  {format_size(each.size or 0):>10}  {name}"
        print(line if every_version else f"{line}  ({format_count(counts[each.path], 'version')})")


def _format(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _count(versions: tuple[Version, ...]) -> str:
    from mlproject.cli.common.formatting import format_count

    return format_count(len(versions), "file")
