"""Arguments and options that several commands have in common."""

from __future__ import annotations

from typing import Annotated

import typer

ProjectArgument = Annotated[str, typer.Argument(help="A project's name, such as flights.")]
EnvironmentArgument = Annotated[str, typer.Argument(help="An environment of environments.yaml, such as dev.")]
EnvironmentOption = Annotated[
    str, typer.Option("--environment", "-e", help="An environment of environments.yaml, such as dev.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]
