"""`mlproject serve`: the status of the model that a project serves, its rollback, and a batch transform."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument
from mlproject.cli.common.context import open_deployment
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.parameters.model import Deployment
    from mlproject.serving import ServingStatus

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add the commands `serve status`, `serve rollback` and `serve batch`."""
    serve = typer.Typer(help="Show and roll back the model that a project serves; score files.", no_args_is_help=True)
    serve.command("status")(status)
    serve.command("rollback")(rollback)
    serve.command("batch")(batch)
    app.add_typer(serve, name="serve")


def status(project: ProjectArgument, environment: EnvironmentOption, as_json: AsJson = False) -> None:
    """Show the served version, the endpoint, the last deployment, the alarms and the cost."""
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.costs import idle_costs
    from mlproject.price_list import read_prices
    from mlproject.serving import read_status

    root, deployment, session = open_deployment(project, environment)
    with reporting_aws_errors(f"reading what serves the model of {deployment.names.prefix}"):
        found = read_status(deployment.names, session.client)
    if found.stack_status is None:
        deployment.require_serving()
    costs = [line for line in idle_costs(deployment, read_prices(root)) if line.stack.endswith("/serving")]
    if as_json:
        print(json.dumps(_as_json(deployment, found), indent=2))
        return
    print(f"{deployment.names.prefix}, account {session.account}, {session.region}:")
    for line in (*_lines(deployment, found), *(f"cost: {line.what}: {_monthly(line)}" for line in costs)):
        print(f"  {line}")


def rollback(
    project: ProjectArgument,
    environment: EnvironmentOption,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let the endpoint serve the previous version again, without a deployment."""
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.serving import roll_back

    _, deployment, session = open_deployment(project, environment)
    if not yes:
        _confirm(deployment)
    with reporting_aws_errors(f"rolling back the endpoint of {deployment.names.prefix}"):
        result = roll_back(deployment.names, session.client)
    if as_json:
        print(json.dumps({"endpoint": result.endpoint, "old_version": result.old, "new_version": result.new}, indent=2))
        return
    print(f"Endpoint {result.endpoint} serves version {result.new} (before: {result.old}).")
    print(
        f"CloudFormation does not know of this change. Set model_version: {result.new} in "
        f"projects/{project}/project.yaml and deploy it; otherwise the next deployment that changes the endpoint "
        f"serves version {result.old} again."
    )


def batch(
    project: ProjectArgument,
    environment: EnvironmentOption,
    input_prefix: Annotated[
        str | None, typer.Option(help="Score the files below this prefix of the data bucket instead.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score the files of the data bucket with the served version, on this machine or on AWS."""
    from mlproject.cli.run import run

    _, deployment, _ = open_deployment(project, environment)
    parameters = deployment.require_serving().batch
    if parameters is None:
        raise UserError(
            f"{project} has no batch transform in {environment}. "
            f"Add the key serving.batch to projects/{project}/project.yaml.",
            topic="component-missing",
        )
    allowed = parameters.input_prefix
    if input_prefix is not None and not (input_prefix.startswith(allowed) and input_prefix.endswith("/")):
        raise UserError(
            f"--input-prefix {input_prefix}: the role reads only {allowed} and what is below it. "
            "Use such a prefix, with a slash at the end."
        )
    run(
        pipeline=deployment.names.batch_pipeline,
        environment=environment,
        parameter=[f"InputPrefix={input_prefix}"] if input_prefix else None,
        as_json=as_json,
    )


def _confirm(deployment: Deployment) -> None:
    try:
        answer = input(f"Let the endpoint of {deployment.names.prefix} serve the previous version? [y/N] ")
    except EOFError:
        raise UserError(
            "no answer, so nothing was changed; repeat the command with --yes.", topic="confirmation-required"
        ) from None
    if answer.strip().lower() not in {"y", "yes"}:
        raise UserError("nothing was changed.", exit_code=1)


def _lines(deployment: Deployment, found: ServingStatus) -> Iterator[str]:
    if found.stack_status is None:
        deploy = f"mlproject deploy {deployment.project} --environment {deployment.environment.name}"
        yield f"stack {found.stack}: not deployed; to create it, run `{deploy}`"
        return
    when = f", {found.deployed:%Y-%m-%d %H:%M} UTC" if found.deployed else ""
    yield f"stack {found.stack}: {found.stack_status}{when}"
    if found.reason:
        yield f"last deployment failed: {found.reason}"
    if found.endpoint:
        yield f"endpoint {found.endpoint.name}: {found.endpoint.status}, model version {found.endpoint.version}"
        yield f"url: {found.endpoint.url}"
        if found.endpoint.failure:
            yield f"last change failed: {found.endpoint.failure}"
        wanted = deployment.serving.model_version if deployment.serving else None
        if wanted != found.endpoint.version:
            yield f"project.yaml names version {wanted}"
    if found.batch:
        last = f"{found.batch.status} ({found.batch.last_execution})" if found.batch.status else "never started"
        yield f"batch pipeline {found.batch.pipeline}: {last}"
    for alarm in found.alarms:
        yield f"alarm {alarm.metric}: {alarm.state}"


def _monthly(line: Any) -> str:
    usd = line.usd
    return "price unknown" if usd is None else f"{usd:.2f} USD a month"


def _as_json(deployment: Deployment, found: ServingStatus) -> dict[str, Any]:
    from dataclasses import asdict

    values = asdict(found)
    values["deployed"] = found.deployed.isoformat() if found.deployed else None
    if found.endpoint:
        values["endpoint"]["changed"] = found.endpoint.changed.isoformat()
    return {"project": deployment.project, "environment": deployment.environment.name, **values}
