"""`mlproject notebook`: work with a project's notebooks."""

from __future__ import annotations

import typer

from mlproject.cli.notebook_commands import keep_alive, local, log, restore


def register(app: typer.Typer) -> None:
    """Add the commands `notebook ...`."""
    group = typer.Typer(help="Work with a project's notebooks.", no_args_is_help=True)
    keep_alive.register(group)
    local.register(group)
    log.register(group)
    restore.register(group)
    app.add_typer(group, name="notebook")
