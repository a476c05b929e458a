"""`mlproject open`: print the URL that opens a project's notebook."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument

if TYPE_CHECKING:
    from mlproject.notebook_url import NotebookUrl

NOT_SERVED = "The embedded AWS does not run Jupyter, so this URL does not respond."


def register(app: typer.Typer) -> None:
    """Add the command `open`."""
    app.command("open")(open_)


def open_(
    *,
    project: ProjectArgument,
    environment: EnvironmentOption,
    notebook: Annotated[str | None, typer.Option(help="Which one, if the project has several.")] = None,
    start: Annotated[bool, typer.Option("--start", help="Start it if it is stopped, and wait for it.")] = False,
    session_minutes: Annotated[int, typer.Option(help="How long the session lasts, 30 to 720.")] = 720,
    browser: Annotated[bool, typer.Option(help="Open it in the browser instead of printing the URL.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print the URL that opens a notebook. Anyone who opens it within 5 minutes is signed in, so do not share it."""
    import webbrowser

    from mlproject.cli.common.session import create_session, reporting_aws_errors
    from mlproject.files import project_root
    from mlproject.notebook_url import check_session_minutes, create_notebook_url, select_notebook
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    chosen = select_notebook(deployment, notebook)
    check_session_minutes(session_minutes)
    session = create_session(deployment.environment, root)
    if not chosen.users:
        _note(f"{chosen.name} has no users in projects/{project}/project.yaml: only administrators can open it.")
    with (
        reporting_aws_errors(f"opening notebook {deployment.names.notebook(chosen.name)}"),
        _progress(chosen.name) as report,
    ):
        opened = create_notebook_url(
            deployment,
            chosen,
            sagemaker=session.client("sagemaker"),
            session_minutes=session_minutes,
            start=start,
            report=report,
            sleep=time.sleep,
        )
    served = session.endpoint is None
    shown = browser and served and webbrowser.open(opened.url)
    _show(opened, as_json=as_json, shown=shown, served=served)
    if browser and served and not shown:
        _note("no browser could be started here.")


def _show(opened: NotebookUrl, *, as_json: bool, shown: bool, served: bool) -> None:
    """Print the URL alone on standard output, unless a browser opened it."""
    from mlproject.notebook_url import URL_SECONDS

    if as_json:
        document = {
            "notebook": opened.instance,
            "url": None if shown else opened.url,
            "url_seconds": URL_SECONDS,
            "session_minutes": opened.session_minutes,
            "browser": shown,
            "served": served,
        }
        print(json.dumps(document, indent=2))
    elif shown:
        print(f"Opened {opened.instance} in the browser.")
    else:
        print(opened.url)
        _note(f"Valid for {URL_SECONDS // 60} minutes. Anyone who opens it is signed in as you.")
    if not served:
        _note(NOT_SERVED)


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _progress(name: str) -> Iterator[Callable[[str, float], None]]:
    """Show the status while waiting: with seconds on a terminal, otherwise one line for each new status."""
    if sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status(f"{name}: reading the status") as line:
            yield lambda status, seconds: line.update(f"{name}: {status} ({seconds:.0f} s)")
        return
    seen: list[str] = []

    def report(status: str, seconds: float) -> None:
        # A running notebook needs no waiting, so nothing is reported.
        if status not in seen[-1:] and (seen or status != "InService"):
            _note(f"{name}: {status}" + (f" after {seconds:.0f} s" if seen else ""))
        seen.append(status)

    yield report
