"""`mlproject cluster`: show, recreate and terminate a project's EMR cluster, which terminates itself when idle."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlproject.cli.cluster_commands import history, logs, plan
from mlproject.cli.common.arguments import ALLOW_PROTECTED, EnvironmentOption, ProjectArgument
from mlproject.errors import UserError

if TYPE_CHECKING:
    from datetime import datetime

    from mlproject.cli.common.session import Session
    from mlproject.cluster import ClusterStatus, LibraryFailure, NodeGroup, Polling
    from mlproject.parameters.model import Deployment

POLL_SECONDS = 15
_NAMED_HOSTS = 3

AsJson = Annotated[bool, typer.Option("--json", help="Print the status as one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add the commands `cluster status`, `up`, `down`, `logs`, `history` and `plan`."""
    cluster = typer.Typer(help="Show, recreate, terminate and size a project's EMR cluster.", no_args_is_help=True)
    cluster.command("status")(status)
    cluster.command("up")(up)
    cluster.command("down")(down)
    logs.register(cluster)
    history.register(cluster)
    plan.register(cluster)
    app.add_typer(cluster, name="cluster")


def status(project: ProjectArgument, environment: EnvironmentOption, as_json: AsJson = False) -> None:
    """Show the status of the cluster. CloudFormation does not notice if a cluster terminates itself."""
    deployment, session = _open(project, environment)
    _show(deployment, _read_status(deployment, session), as_json=as_json)


def up(project: ProjectArgument, environment: EnvironmentOption, as_json: AsJson = False) -> None:
    """Recreate a terminated cluster from the deployed template. The checkout is not deployed."""
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.cluster import recreate_cluster

    deployment, session = _open(project, environment)
    names = deployment.names
    current = _read_status(deployment, session)
    if current.is_alive:
        _note(f"cluster {current.cluster_id} is already {current.state}.")
    else:
        with (
            _explain_interruption("AWS continues to create the cluster", deployment),
            reporting_aws_errors(f"recreating the cluster of {names.prefix}"),
        ):
            recreate_cluster(names, session.client, polling=_polling())
        current = _read_status(deployment, session)
    _show(deployment, current, as_json=as_json)


def down(
    project: ProjectArgument,
    environment: EnvironmentOption,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    protected: Annotated[
        bool, typer.Option(ALLOW_PROTECTED, help="Turn off the cluster's termination protection, if it is on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Terminate the cluster, so that it incurs no costs. Its stack remains, and `cluster up` recreates it."""
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.cluster import terminate_cluster, unprotect_cluster

    deployment, session = _open(project, environment)
    current = _read_status(deployment, session)
    if current.cluster_id is None or not current.is_alive:
        _note("no cluster is running.")
    else:
        if current.is_protected and not protected:
            raise UserError(
                f"cluster {current.cluster_id} is protected against termination, so nothing was terminated. To turn "
                f"the protection off and terminate it, run the command again with {ALLOW_PROTECTED}.",
                exit_code=1,
            )
        if not yes:
            _confirm(current.cluster_id)
        with (
            _explain_interruption("AWS continues to terminate the cluster", deployment),
            reporting_aws_errors(f"terminating {current.cluster_id}"),
        ):
            if current.is_protected:
                unprotect_cluster(session.client, current.cluster_id)
            terminate_cluster(session.client, current.cluster_id, polling=_polling())
        current = _read_status(deployment, session)
    _show(deployment, current, as_json=as_json)


def _open(project: str, environment: str) -> tuple[Deployment, Session]:
    from mlproject.cli.common.session import create_session
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    return deployment, create_session(deployment.environment, root)


def _read_status(deployment: Deployment, session: Session) -> ClusterStatus:
    """Return the status of the cluster.

    Raises:
        UserError: the parameters do not define a cluster, and none is deployed.
    """
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.cluster import describe_cluster

    with reporting_aws_errors(f"reading the cluster of {deployment.names.prefix}"):
        current = describe_cluster(deployment.names, session.client)
    if deployment.emr is None and current.stack_status is None:
        raise UserError(
            f"{deployment.project} has no cluster in {deployment.environment.name}. "
            f"To add one, define `emr:` in projects/{deployment.project}/project.yaml and deploy it."
        )
    return current


def _polling() -> Polling:
    from mlproject.cluster import Polling

    return Polling(report=_note, sleep=lambda: time.sleep(POLL_SECONDS))


def _note(text: str) -> None:
    """Print a message to standard error, since standard output contains only the result."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _explain_interruption(what: str, deployment: Deployment) -> Iterator[None]:
    """Explain to a user who interrupts the command that AWS continues."""
    try:
        yield
    except KeyboardInterrupt:
        _note(f"{what}. To see its progress, run `{_command('status', deployment)}`.")
        raise


def _command(what: str, deployment: Deployment) -> str:
    return f"mlproject cluster {what} {deployment.project} --environment {deployment.environment.name}"


def _confirm(cluster_id: str) -> None:
    question = (
        f"Terminate cluster {cluster_id}? Running work and data on its disks are lost; data in S3 is kept. [y/N] "
    )
    try:
        answer = input(question)
    except EOFError:
        raise UserError("no answer, so the cluster was not terminated; repeat the command with --yes.") from None
    if answer.strip().lower() not in {"y", "yes"}:
        raise UserError("the cluster was not terminated.", exit_code=1)


def _show(deployment: Deployment, current: ClusterStatus, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_as_json(deployment, current), indent=2))
        return
    environment = deployment.environment
    print(f"{deployment.names.prefix}, account {environment.account}, {environment.region}:")
    for line in _lines(deployment, current):
        print(f"  {line}")


def _lines(deployment: Deployment, current: ClusterStatus) -> Iterator[str]:
    if current.stack_status is None:
        deploy = f"cdk deploy '{deployment.names.path}/emr'"
        yield f"stack {current.stack}: not deployed; to create the cluster, run `{deploy}`"
        return
    yield f"stack {current.stack}: {current.stack_status}"
    yield from map(_library_failure, current.library_failures)
    if current.cluster_id is None:
        yield "cluster: not created yet"
        return
    if current.state is None:
        yield f"cluster {current.cluster_id}: deleted; EMR keeps terminated clusters for two months"
    else:
        since = f" since {_time(current.since)}" if current.since else ""
        yield f"cluster {current.cluster_id} ({current.name}, {current.release}): {current.state}{since}"
    if current.is_alive:
        yield f"nodes: {', '.join(map(_nodes, current.nodes))}"
        if current.is_protected:
            yield f"protected against termination: `{_command('down', deployment)} {ALLOW_PROTECTED}` terminates it"
        if current.livy:
            yield f"Livy: {current.livy}"
        if current.idle_minutes is not None:
            yield f"terminates after {current.idle_minutes} idle minutes; AWS does not report how many have passed"
        return
    if current.reason:
        yield f"reason: {current.reason}"
    yield f"to recreate it: {_command('up', deployment)}"


def _nodes(nodes: NodeGroup) -> str:
    count = str(nodes.running) if nodes.running == nodes.requested else f"{nodes.running} of {nodes.requested}"
    if nodes.is_fleet:
        spot = f", {nodes.spot} of them Spot" if nodes.spot else ""
        return f"{count} units of {nodes.role} ({nodes.instance_type}){spot}"
    return f"{count} {nodes.role} {nodes.instance_type}"


def _library_failure(failure: LibraryFailure) -> str:
    """Describe a failure, with the first nodes by name."""
    if not failure.hosts:
        return f"libraries: {failure.reason}"
    more = len(failure.hosts) - _NAMED_HOSTS
    hosts = ", ".join(failure.hosts[:_NAMED_HOSTS]) + (f" and {more} more" if more > 0 else "")
    return f"libraries not installed on {hosts}: {failure.reason}"


def _time(moment: datetime) -> str:
    from datetime import UTC

    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _as_json(deployment: Deployment, current: ClusterStatus) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "project": deployment.project,
        "environment": deployment.environment.name,
        **asdict(current),
        "since": current.since.isoformat() if current.since else None,
        "is_alive": current.is_alive,
    }
