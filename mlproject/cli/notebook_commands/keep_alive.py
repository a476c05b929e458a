"""`mlproject notebook keep-alive`: keep a notebook instance on although it is idle."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.parameters import Notebook


def register(group: typer.Typer) -> None:
    """Add the command `keep-alive`."""
    group.command("keep-alive")(keep_alive)


def keep_alive(
    *,
    project: ProjectArgument,
    name: Annotated[str | None, typer.Argument(help="The notebook's name in project.yaml, such as explore.")] = None,
    environment: EnvironmentOption,
    until: Annotated[
        str | None, typer.Option(help="Until this time of day, today or tomorrow, on the clock of this machine.")
    ] = None,
    duration: Annotated[
        str | None, typer.Option("--for", help="For hours and minutes, such as 3h or 90m, at most 24h.")
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Cancel the request.")] = False,
) -> None:
    """Keep a running notebook on although it is idle. The request expires by itself, after 24 hours at the latest."""
    from mlproject.cli.common.session import create_session, reporting_aws_errors
    from mlproject.files import project_root
    from mlproject.notebook_keep_alive import request_keep_alive
    from mlproject.notebook_url import describe_notebook, select_notebook
    from mlproject.parameters import load_valid_parameters

    now = datetime.now(UTC)
    end = _end(until=until, duration=duration, off=off, now=now)
    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    notebook = select_notebook(deployment, name, option="NAME")
    instance = deployment.names.notebook(notebook.name)
    session = create_session(deployment.environment, root)
    with reporting_aws_errors(f"keeping notebook {instance} on"):
        status = describe_notebook(deployment, instance, session.client("sagemaker"))["NotebookInstanceStatus"]
        if end and status not in ("InService", "Pending"):
            raise UserError(
                f"notebook {instance} has the status {status}, so there is nothing to keep on. Start it with "
                f"`mlproject open {project} --environment {environment} --notebook {notebook.name} --start`.",
                exit_code=1,
                topic="notebook-not-running",
            )
        request_keep_alive(session.client("s3"), deployment, notebook, until=end)
    if end is None:
        print(f"{instance} stops again when it is idle.")
        return
    print(f"{instance} stays on until {_format(end)}, also when it is idle.")
    _report_hours(notebook, now=now, end=end)


def _end(*, until: str | None, duration: str | None, off: bool, now: datetime) -> datetime | None:
    from mlproject.notebook_keep_alive import parse_duration, parse_until

    if [until is not None, duration is not None, off].count(True) != 1:
        raise UserError("use exactly one of --until TIME, such as 18:00, --for DURATION, such as 3h, and --off.")
    if until is not None:
        return parse_until(until, now=now)
    return parse_duration(duration, now=now) if duration is not None else None


def _report_hours(notebook: Notebook, *, now: datetime, end: datetime) -> None:
    """Report that the hours end earlier, which no request delays."""
    stop = notebook.hours.next_stop(now) if notebook.hours else None
    if stop and stop < end:
        print(f"Its hours end before that, at {_format(stop)}, and stop it in any case.", file=sys.stderr)


def _format(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M %Z")
