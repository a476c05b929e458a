"""`mlproject application`: show, start and stop a project's EMR Serverless application."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument
from mlproject.cli.common.context import open_deployment
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session
    from mlproject.emr_serverless import ApplicationStatus, JobStatus
    from mlproject.parameters.model import Deployment

POLL_SECONDS = 5

AsJson = Annotated[bool, typer.Option("--json", help="Print the status as one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add the commands `application status`, `application start` and `application stop`."""
    application = typer.Typer(help="Show, start and stop a project's EMR Serverless application.", no_args_is_help=True)
    application.command("status")(status)
    application.command("start")(start)
    application.command("stop")(stop)
    app.add_typer(application, name="application")


def status(project: ProjectArgument, environment: EnvironmentOption, as_json: AsJson = False) -> None:
    """Show the state and the capacity of the application, and its newest jobs."""
    _, deployment, session = open_deployment(project, environment)
    _show(deployment, _read_status(deployment, session), as_json=as_json)


def start(project: ProjectArgument, environment: EnvironmentOption, as_json: AsJson = False) -> None:
    """Start the application. A job starts it by itself."""
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.emr_serverless import start_application

    _, deployment, session = open_deployment(project, environment)
    current = _read_status(deployment, session)
    if current.state != "STARTED":
        with reporting_aws_errors(f"starting application {current.application_id}"):
            start_application(session.client, current.application_id, wait=wait)
        current = _read_status(deployment, session)
    _show(deployment, current, as_json=as_json)


def stop(project: ProjectArgument, environment: EnvironmentOption, as_json: AsJson = False) -> None:
    """Stop the application, such as before a deployment that changes or deletes it. The next job starts it again."""
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.emr_serverless import stop_application

    _, deployment, session = open_deployment(project, environment)
    current = _read_status(deployment, session)
    if not current.is_stopped:
        with reporting_aws_errors(f"stopping application {current.application_id}"):
            stop_application(session.client, current, wait=wait)
        current = _read_status(deployment, session)
    _show(deployment, current, as_json=as_json)


def _read_status(deployment: Deployment, session: Session) -> ApplicationStatus:
    """Return the status of the application.

    Raises:
        UserError: the project has no application in this environment, or it is not deployed.
    """
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.emr_serverless import describe_application

    with reporting_aws_errors(f"reading the application of {deployment.names.prefix}"):
        current = describe_application(deployment.names, session.client)
    if current is None and deployment.emr_serverless is None:
        raise UserError(
            f"{deployment.project} has no EMR Serverless application in {deployment.environment.name}. To add one, "
            f"define `emr_serverless:` in projects/{deployment.project}/project.yaml and deploy it.",
            topic="component-missing",
        )
    if current is None:
        raise UserError(
            f"the application of {deployment.names.prefix} is not deployed. To create it, run "
            f"`cdk deploy '{deployment.names.path}/emr-serverless'`.",
            exit_code=1,
            topic="not-deployed",
        )
    return current


def wait() -> None:
    """Wait before the next look at the state of an application."""
    time.sleep(POLL_SECONDS)


def _show(deployment: Deployment, current: ApplicationStatus, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_as_json(deployment, current), indent=2))
        return
    environment = deployment.environment
    print(f"{deployment.names.prefix}, account {environment.account}, {environment.region}:")
    for line in _lines(deployment, current):
        print(f"  {line}")


def _lines(deployment: Deployment, current: ApplicationStatus) -> Iterator[str]:
    reason = f" ({current.reason})" if current.reason else ""
    yield (
        f"application {current.application_id} ({current.name}, {current.release}, {current.architecture}): "
        f"{current.state}{reason}"
    )
    yield f"capacity: at most {current.maximum} for all jobs together"
    options = f"{deployment.project} --environment {deployment.environment.name}"
    if current.is_deleted:
        yield f"it is deleted. `mlproject destroy {options} --stack emr-serverless` and a deployment create it again"
    elif current.is_stopped:
        yield f"it starts with the next job, or with `mlproject application start {options}`"
    elif current.idle_minutes is not None:
        yield f"it stops after {current.idle_minutes} minutes without jobs"
    yield f"running jobs: {len(current.running) or 'none'}"
    yield from (f"  {line}" for job in current.jobs for line in _job_lines(job))


def _job_lines(job: JobStatus) -> Iterator[str]:
    from datetime import UTC

    name = f" {job.name}" if job.name else ""
    yield f"{job.created.astimezone(UTC):%Y-%m-%d %H:%M UTC}  {job.job_run_id}{name}: {job.state}"
    if job.reason:
        yield f"  {job.reason}"
    if job.state == "FAILED":
        yield f"  logs: {job.log_uri}"


def _as_json(deployment: Deployment, current: ApplicationStatus) -> dict[str, Any]:
    from dataclasses import asdict

    jobs = [{**asdict(job), "created": job.created.isoformat()} for job in current.jobs]
    return {
        "project": deployment.project,
        "environment": deployment.environment.name,
        **asdict(current),
        "jobs": jobs,
        "is_stopped": current.is_stopped,
    }
