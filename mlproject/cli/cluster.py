"""`mlproject cluster`: a project's EMR cluster, which ends by itself when nobody uses it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlproject.errors import UserError

if TYPE_CHECKING:
    from datetime import datetime

    from mlproject.cli.common.session import Session
    from mlproject.cluster import ClusterStatus, NodeGroup, Polling
    from mlproject.parameters.model import Deployment

POLL_SECONDS = 15

Project = Annotated[str, typer.Argument(help="A project's name, such as flights.")]
Environment = Annotated[str, typer.Option("--environment", "-e", help="One of environments.yaml, such as dev.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print how the cluster is as one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add the commands `cluster status`, `cluster up` and `cluster down`."""
    cluster = typer.Typer(help="A project's EMR cluster: how it is, bring it back, end it.", no_args_is_help=True)
    cluster.command("status")(status)
    cluster.command("up")(up)
    cluster.command("down")(down)
    app.add_typer(cluster, name="cluster")


def status(project: Project, environment: Environment, as_json: AsJson = False) -> None:
    """Show how the cluster is; one that ended by itself still looks complete to CloudFormation."""
    deployment, session = _open(project, environment)
    _show(deployment, _look(deployment, session), as_json=as_json)


def up(project: Project, environment: Environment, as_json: AsJson = False) -> None:
    """Bring back a cluster that ended, as it was deployed last; nothing of this checkout is deployed."""
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.cluster import recreate_cluster

    deployment, session = _open(project, environment)
    names = deployment.names
    view = _look(deployment, session)
    if view.is_alive:
        _note(f"cluster {view.cluster_id} is {view.state} already: nothing to do.")
    else:
        with (
            _going_on("AWS makes the cluster all the same", deployment),
            reporting_aws_errors(f"bringing back {names.prefix}"),
        ):
            recreate_cluster(names, session.client, polling=_polling())
        view = _look(deployment, session)
    _show(deployment, view, as_json=as_json)


def down(
    project: Project,
    environment: Environment,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """End the cluster, so that it costs nothing; its stack stays, and `cluster up` brings it back."""
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.cluster import terminate_cluster

    deployment, session = _open(project, environment)
    view = _look(deployment, session)
    if view.cluster_id is None or not view.is_alive:
        _note("no cluster runs: nothing to end.")
    else:
        if not yes:
            _ask(view.cluster_id)
        with (
            _going_on("AWS ends the cluster all the same", deployment),
            reporting_aws_errors(f"ending {view.cluster_id}"),
        ):
            terminate_cluster(session.client, view.cluster_id, polling=_polling())
        view = _look(deployment, session)
    _show(deployment, view, as_json=as_json)


def _open(project: str, environment: str) -> tuple[Deployment, Session]:
    from mlproject.cli.common.session import create_session
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    return deployment, create_session(deployment.environment, root)


def _look(deployment: Deployment, session: Session) -> ClusterStatus:
    """How the cluster is.

    Raises:
        UserError: the project asks for none, and none is left of earlier.
    """
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.cluster import describe_cluster

    with reporting_aws_errors(f"looking at the cluster of {deployment.names.prefix}"):
        view = describe_cluster(deployment.names, session.client)
    if deployment.emr is None and view.stack_status is None:
        raise UserError(
            f"{deployment.project} has no cluster in {deployment.environment.name}: "
            f"give it one with `emr:` in projects/{deployment.project}/project.yaml and deploy it."
        )
    return view


def _polling() -> Polling:
    from mlproject.cluster import Polling

    return Polling(report=_note, sleep=lambda: time.sleep(POLL_SECONDS))


def _note(text: str) -> None:
    """What is no result goes to stderr, so that stdout stays readable by a program."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _going_on(what: str, deployment: Deployment) -> Iterator[None]:
    """Whoever stops the command does not stop AWS: say so."""
    try:
        yield
    except KeyboardInterrupt:
        _note(f"{what}; `{_command('status', deployment)}` tells how it goes.")
        raise


def _command(what: str, deployment: Deployment) -> str:
    return f"mlproject cluster {what} {deployment.project} --environment {deployment.environment.name}"


def _ask(cluster_id: str) -> None:
    question = f"End cluster {cluster_id}? What runs on it and what lies on its disks is lost; S3 stays. [y/N] "
    try:
        answer = input(question)
    except EOFError:
        raise UserError("nobody answered, so the cluster goes on; repeat the command with --yes.") from None
    if answer.strip().lower() not in {"y", "yes"}:
        raise UserError("the cluster goes on.", exit_code=1)


def _show(deployment: Deployment, view: ClusterStatus, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_as_json(deployment, view), indent=2))
        return
    environment = deployment.environment
    print(f"{deployment.names.prefix}, account {environment.account}, {environment.region}:")
    for line in _lines(deployment, view):
        print(f"  {line}")


def _lines(deployment: Deployment, view: ClusterStatus) -> Iterator[str]:
    if view.stack_status is None:
        yield f"stack {view.stack}: not deployed; `cdk deploy '{deployment.names.path}/emr'` makes the cluster"
        return
    yield f"stack {view.stack}: {view.stack_status}"
    if view.cluster_id is None:
        yield "no cluster: it has not been made yet"
        return
    if view.state is None:
        yield f"cluster {view.cluster_id}: gone; EMR has forgotten it, as it does two months after the end"
    else:
        since = f" since {_time(view.since)}" if view.since else ""
        yield f"cluster {view.cluster_id} ({view.name}, {view.release}): {view.state}{since}"
    if view.is_alive:
        yield f"nodes: {', '.join(map(_nodes, view.nodes))}"
        if view.livy:
            yield f"Livy: {view.livy}"
        if view.idle_minutes is not None:
            yield f"ends after {view.idle_minutes} idle minutes; how many have passed AWS does not tell"
        return
    if view.reason:
        yield f"why it ended: {view.reason}"
    yield f"bring it back: {_command('up', deployment)}"


def _nodes(nodes: NodeGroup) -> str:
    count = str(nodes.running) if nodes.running == nodes.requested else f"{nodes.running} of {nodes.requested}"
    return f"{count} {nodes.role} {nodes.instance_type}"


def _time(moment: datetime) -> str:
    from datetime import UTC

    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _as_json(deployment: Deployment, view: ClusterStatus) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "project": deployment.project,
        "environment": deployment.environment.name,
        **asdict(view),
        "since": view.since.isoformat() if view.since else None,
        "is_alive": view.is_alive,
    }
