"""`mlproject smoke`: check that a deployed project can be used."""

from __future__ import annotations

from typing import Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument
from mlproject.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the command `smoke`."""
    app.command("smoke")(smoke)


def smoke(
    project: ProjectArgument,
    environment: EnvironmentOption,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object: ok, outcomes.")] = False,
    run: Annotated[
        bool, typer.Option("--run", help="If every check passes, also run the pipeline as `mlproject run` does.")
    ] = False,
) -> None:
    """Check after a deployment that a project can be used, without changing or starting anything.

    Checks that every stack is complete, the pipeline runs the committed definition with a role that may be passed,
    no notebook instance has failed, the cluster and the address of its Livy, and the alarms. Exit code 0 if there is
    no problem, 1 if there is one.
    """
    from mlproject.cli.common.commit import read_commit
    from mlproject.cli.common.context import open_deployment
    from mlproject.cli.common.deployed_definition import read_deployed_definition
    from mlproject.cli.common.outcomes import outcomes_as_json, print_outcomes
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.deployment import read_deployed_commit
    from mlproject.smoke import check_deployment

    if run and as_json:
        raise UserError("--run and --json: choose one. `mlproject run --json` prints the result of a run as JSON.")
    root, deployment, session = open_deployment(project, environment)
    if run:
        deployment.require_pipeline()
    definition = read_deployed_definition(root, deployment)
    with read_commit(root) as wait_for_commit, reporting_aws_errors("reading the deployed commit"):
        deployed = read_deployed_commit(session.client, project=project, environment=environment)
        is_deployed = deployed is not None and deployed == wait_for_commit()
    outcomes = check_deployment(deployment, session.client, definition=definition, is_deployed=is_deployed)
    if as_json:
        text, code = outcomes_as_json(outcomes)
        print(text)
    else:
        place = f"account {session.account}, {session.region}"
        suffix = " (the embedded AWS)" if session.endpoint else ""
        code = print_outcomes(outcomes, title=f"{deployment.names.prefix}: {place}{suffix}")
    if code or not run:
        raise typer.Exit(code)
    _run_pipeline(project, environment)


def _run_pipeline(project: str, environment: str) -> None:
    """Run the command itself in a process of its own, since it changes settings of the interpreter."""
    import subprocess
    import sys

    sys.stdout.flush()
    command = [sys.executable, "-m", "mlproject.cli.main", "run", project, "--environment", environment]
    raise typer.Exit(subprocess.run(command, check=False).returncode)
