"""`mlproject demo`: the whole way, without an AWS account."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command(name="demo")(demo)


def demo(
    project: Annotated[str, typer.Option(help="The folder of projects/ to show.")] = "flights",
) -> None:
    """Deploy a project into an embedded AWS of its own, run its pipeline on this machine, write a report.

    Results: build/demo/report.html and build/demo/summary.json. Nothing keeps running afterwards.
    """
    from rich.console import Console

    from mlproject.cli._checkout import commit
    from mlproject.demo import run_demo
    from mlproject.files import project_root

    root = project_root()
    with commit(root) as checkout:
        run_demo(root=root, project=project, commit=checkout(), console=Console(soft_wrap=False))
