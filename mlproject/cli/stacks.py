"""`mlproject stacks`: list the deployed stacks of an environment, including those of removed projects."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption
from mlproject.cli.common.completion import complete_project
from mlproject.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the command `stacks`."""
    app.command("stacks")(stacks)


def stacks(
    environment: EnvironmentOption,
    project: Annotated[
        str | None,
        typer.Option(help="With --failures: a project's name.", autocompletion=complete_project),
    ] = None,
    failures: Annotated[
        bool,
        typer.Option(
            "--failures",
            help="Explain the last operation of each stack of --project and of the network that failed: its cause, "
            "what was rolled back, and the state now.",
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object: projects, commits, orphans; or failures.")
    ] = False,
) -> None:
    """List the stacks of all projects in an environment, and those whose project was removed from it.

    Exit code 0 if every stack belongs to a project, 1 if not: `mlproject destroy` removes such stacks. With
    --failures: 0 if no operation failed, 1 if one did.
    """
    if failures != (project is not None):
        raise UserError("--failures and --project: use both together, such as `--project flights --failures`.")
    if project is not None:
        _explain_failures(project, environment, as_json=as_json)
        return
    from mlproject.cli.common.context import open_environment
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.deployment import list_projects, read_deployed_commit

    found, projects, session = open_environment(environment)
    with reporting_aws_errors(f"listing the stacks of {environment}"):
        deployed = list_projects(session.client, environment=environment)
        commits = {
            name: read_deployed_commit(session.client, project=name, environment=environment)
            for name in deployed
            if as_json
        }
    orphans = [name for name in deployed if name not in projects]
    if as_json:
        shown = {name: [dataclasses.asdict(each) for each in own] for name, own in deployed.items()}
        print(
            json.dumps(
                {"environment": environment, "projects": shown, "commits": commits, "orphans": orphans}, indent=2
            )
        )
    else:
        print(f"{environment}, account {found.account}, {found.region}:")
        for name, own in deployed.items():
            for stack in own:
                print(f"  {stack.name}  {stack.status}{'  protected' if stack.is_protected else ''}")
            if name in orphans:
                print(
                    f"    projects/{name}/project.yaml does not include {environment}: "
                    f"`mlproject destroy {name} --environment {environment}` removes them"
                )
        if not deployed:
            print("  no project is deployed.")
    if orphans:
        raise typer.Exit(1)


def _explain_failures(project: str, environment: str, *, as_json: bool) -> None:
    from mlproject.cli.common.context import open_environment
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.deployment import describe_failure, list_failures, list_projects

    _, projects, session = open_environment(environment)
    with reporting_aws_errors(f"reading the events of the stacks of {project} in {environment}"):
        deployed = list_projects(session.client, environment=environment)
        if project not in projects and project not in deployed:
            raise UserError(
                f"--project {project}: no such project in {environment}. Allowed: "
                f"{', '.join(sorted({*projects, *deployed})) or 'none'}.",
                topic="unknown-name",
            )
        names = [f"{environment}-network", *(stack.name for stack in deployed.get(project, ()))]
        found = list_failures(names, session.client)
    if as_json:
        print(json.dumps({"failures": [dataclasses.asdict(each) for each in found]}, indent=2))
    elif not found:
        print(f"{project} in {environment}: no operation failed.")
    else:
        for each in found:
            print(describe_failure(each, project=project, environment=environment))
    if found:
        raise typer.Exit(1)
