"""Arguments and options that several commands have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mlproject.cli.common.completion import complete_environment, complete_pipeline, complete_project

ALLOW_PROTECTED = "--i-know-this-is-protected"

ProjectArgument = Annotated[
    str, typer.Argument(help="A project's name, such as flights.", autocompletion=complete_project)
]
EnvironmentOption = Annotated[
    str,
    typer.Option(
        "--environment",
        "-e",
        help="An environment of environments.yaml, such as dev.",
        autocompletion=complete_environment,
    ),
]
ClusterOption = Annotated[
    str, typer.Option(metavar="NAME", help="A cluster below emr.clusters in project.yaml. Default: the main cluster.")
]
PipelineArgument = Annotated[
    str, typer.Argument(help="A folder of pipelines/, such as flight_delays.", autocompletion=complete_pipeline)
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]
DataOption = Annotated[Path | None, typer.Option(help="A folder with your CSV files (default: a copy of a sample).")]
TargetOption = Annotated[str | None, typer.Option(help="The column of your CSV files to predict.")]
