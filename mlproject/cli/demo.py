"""`mlproject demo`: deploy and run a project on this machine, without an AWS account."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command(name="demo")(demo)


def demo(
    project: Annotated[
        str | None, typer.Option(help="The folder of projects/ to show (default: the first in the environment local).")
    ] = None,
) -> None:
    """Deploy a project to a temporary embedded AWS, run its pipeline on this machine, and write a report.

    Writes build/demo/report.html and build/demo/summary.json, and stops everything that it started.
    """
    from rich.console import Console

    from mlproject.cli.common.commit import read_commit
    from mlproject.demo import run_demo
    from mlproject.files import project_root

    root = project_root()
    with read_commit(root) as commit:
        run_demo(root=root, project=project, commit=commit(), console=Console(soft_wrap=False))
