"""`mlproject stacks`: list the deployed stacks of an environment, including those of removed projects."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption


def register(app: typer.Typer) -> None:
    """Add the command `stacks`."""
    app.command("stacks")(stacks)


def stacks(
    environment: EnvironmentOption,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object: projects, orphans.")] = False,
) -> None:
    """List the stacks of all projects in an environment, and those whose project was removed from it.

    Exit code 0 if every stack belongs to a project, 1 if not: `mlproject destroy` removes such stacks.
    """
    from mlproject.cli.common.context import open_environment
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.deployment import list_projects

    found, projects, session = open_environment(environment)
    with reporting_aws_errors(f"listing the stacks of {environment}"):
        deployed = list_projects(session.client, environment=environment)
    orphans = [project for project in deployed if project not in projects]
    if as_json:
        shown = {project: [dataclasses.asdict(each) for each in own] for project, own in deployed.items()}
        print(json.dumps({"environment": environment, "projects": shown, "orphans": orphans}, indent=2))
    else:
        print(f"{environment}, account {found.account}, {found.region}:")
        for project, own in deployed.items():
            for stack in own:
                print(f"  {stack.name}  {stack.status}{'  protected' if stack.is_protected else ''}")
            if project in orphans:
                print(
                    f"    projects/{project}/project.yaml does not include {environment}: "
                    f"`mlproject destroy {project} --environment {environment}` removes them"
                )
        if not deployed:
            print("  no project is deployed.")
    if orphans:
        raise typer.Exit(1)
