"""`mlproject spark`: run Spark on this machine."""

from __future__ import annotations

import typer

from mlproject.cli.spark_commands import local


def register(app: typer.Typer) -> None:
    """Add the commands `spark ...`."""
    group = typer.Typer(help="Run Spark on this machine.", no_args_is_help=True)
    local.register(group)
    app.add_typer(group, name="spark")
