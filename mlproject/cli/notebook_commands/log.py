"""`mlproject notebook log`: print the log of the tools on a notebook instance."""

from __future__ import annotations

import datetime
import time
from typing import Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument


def register(group: typer.Typer) -> None:
    """Add the command `notebook log`."""
    group.command("log")(log)


def log(
    *,
    project: ProjectArgument,
    environment: EnvironmentOption,
    notebook: Annotated[str | None, typer.Option(help="Which one, if the project has several.")] = None,
    hours: Annotated[float, typer.Option(min=0.1, max=24 * 365, help="Age of the oldest line, in hours.")] = 24,
    follow: Annotated[bool, typer.Option("--follow", help="Wait for further lines until Ctrl+C.")] = False,
) -> None:
    """Print the log of a notebook's start: libraries, start script, copies of the work."""
    from mlproject.cli.common.session import create_session, reporting_aws_errors
    from mlproject.files import project_root
    from mlproject.notebook_log import log_lines
    from mlproject.notebook_url import select_notebook
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    selected = select_notebook(deployment, notebook)
    session = create_session(deployment.environment, root)
    since = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=hours)
    with reporting_aws_errors(f"reading the log of notebook {deployment.names.notebook(selected.name)}"):
        lines = log_lines(
            deployment, selected, logs=session.client("logs"), since=since, follow=follow, sleep=time.sleep
        )
        for line in lines:
            print(line, flush=True)
