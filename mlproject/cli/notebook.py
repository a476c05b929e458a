"""`mlproject notebook`: work with the notebooks of a project."""

from __future__ import annotations

import typer

from mlproject.cli.notebook_commands import restore


def register(app: typer.Typer) -> None:
    """Add the group `notebook`."""
    group = typer.Typer(help="Work with the notebooks of a project.", no_args_is_help=True)
    # With a callback, the command name is required even if there is only one.
    group.callback()(lambda: None)
    restore.register(group)
    app.add_typer(group, name="notebook")
