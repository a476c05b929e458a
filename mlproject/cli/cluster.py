"""`mlproject cluster`: show, recreate and terminate a project's EMR clusters, which terminate themselves when idle."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.cluster_commands import certificate, history, logs, plan
from mlproject.cli.common.arguments import ALLOW_PROTECTED, ClusterOption, EnvironmentOption, ProjectArgument
from mlproject.cli.common.context import open_deployment
from mlproject.errors import UserError
from mlproject.names import MAIN_CLUSTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlproject.cli.common.session import Session
    from mlproject.cluster import ClusterStatus, Polling
    from mlproject.parameters.model import Deployment

POLL_SECONDS = 15

AsJson = Annotated[bool, typer.Option("--json", help="Print the status as one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add `cluster` with its commands."""
    cluster = typer.Typer(help="Show, recreate, terminate and size a project's EMR clusters.", no_args_is_help=True)
    cluster.command("status")(status)
    cluster.command("up")(up)
    cluster.command("down")(down)
    logs.register(cluster)
    history.register(cluster)
    plan.register(cluster)
    certificate.register(cluster)
    app.add_typer(cluster, name="cluster")


def status(
    project: ProjectArgument,
    environment: EnvironmentOption,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A cluster below emr.clusters in project.yaml, or main. Default: all."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the status of the clusters. CloudFormation does not notice if a cluster terminates itself."""
    from mlproject.cli.common.cluster_output import print_status

    _, deployment, session = open_deployment(project, environment)
    found = _read_all(deployment, session)
    print_status(deployment, [_choose(found, deployment, cluster)] if cluster else found, as_json=as_json)


def up(
    project: ProjectArgument,
    environment: EnvironmentOption,
    cluster: ClusterOption = MAIN_CLUSTER,
    as_json: AsJson = False,
) -> None:
    """Recreate a terminated cluster from the deployed template. The checkout is not deployed."""
    from mlproject.cli.common.cluster_output import print_status
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.cluster import recreate_cluster

    _, deployment, session = open_deployment(project, environment)
    names = deployment.names
    current = _read_status(deployment, session, cluster)
    if current.is_alive:
        _note(f"cluster {current.cluster_id} is already {current.state}.")
    else:
        with (
            _explain_interruption("AWS continues to create the cluster", deployment, cluster),
            reporting_aws_errors(f"recreating the cluster of {names.prefix}"),
        ):
            recreate_cluster(names, session.client, polling=_polling(), cluster=cluster)
        current = _read_status(deployment, session, cluster)
    print_status(deployment, [current], as_json=as_json)


def down(
    project: ProjectArgument,
    environment: EnvironmentOption,
    *,
    cluster: ClusterOption = MAIN_CLUSTER,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    protected: Annotated[
        bool, typer.Option(ALLOW_PROTECTED, help="Turn off the cluster's termination protection, if it is on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Terminate the cluster, so that it incurs no costs. Its stack remains, and `cluster up` recreates it."""
    from mlproject.cli.common.cluster_output import print_status
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.cluster import terminate_cluster, unprotect_cluster

    _, deployment, session = open_deployment(project, environment)
    current = _read_status(deployment, session, cluster)
    if current.cluster_id is None or not current.is_alive:
        _note("no cluster is running.")
    else:
        if current.is_protected and not protected:
            raise UserError(
                f"cluster {current.cluster_id} is protected against termination, so nothing was terminated. To turn "
                f"the protection off and terminate it, run the command again with {ALLOW_PROTECTED}.",
                exit_code=1,
                topic="termination-protected",
            )
        if not yes:
            _confirm(current.cluster_id)
        with (
            _explain_interruption("AWS continues to terminate the cluster", deployment, cluster),
            reporting_aws_errors(f"terminating {current.cluster_id}"),
        ):
            if current.is_protected:
                unprotect_cluster(session.client, current.cluster_id)
            terminate_cluster(session.client, current.cluster_id, polling=_polling())
        current = _read_status(deployment, session, cluster)
    print_status(deployment, [current], as_json=as_json)


def _read_status(deployment: Deployment, session: Session, cluster: str) -> ClusterStatus:
    """Return the status of a cluster; errors as below, or the project has no such cluster."""
    return _choose(_read_all(deployment, session), deployment, cluster)


def _read_all(deployment: Deployment, session: Session) -> Sequence[ClusterStatus]:
    """Return the status of each cluster, the main one first.

    Raises:
        UserError: the parameters do not define a cluster, and none is deployed.
    """
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.cluster import describe_clusters

    with reporting_aws_errors(f"reading the clusters of {deployment.names.prefix}"):
        found = describe_clusters(deployment.names, session.client, deployment.clusters)
    if deployment.emr is None and found[0].stack_status is None:
        raise UserError(
            f"{deployment.project} has no cluster in {deployment.environment.name}. "
            f"To add one, define `emr:` in projects/{deployment.project}/project.yaml and deploy it.",
            topic="component-missing",
        )
    return found


def _choose(found: Sequence[ClusterStatus], deployment: Deployment, cluster: str) -> ClusterStatus:
    """Return the cluster of a name, which project.yaml defines or which is deployed.

    Raises:
        UserError: there is none.
    """
    by_name = {each.cluster: each for each in found}
    if cluster not in by_name:
        raise UserError(
            f"{deployment.project} has no cluster {cluster} in {deployment.environment.name}; its clusters: "
            f"{', '.join(by_name)}. To add one, define it below `emr.clusters` in "
            f"projects/{deployment.project}/project.yaml and deploy it.",
            topic="unknown-name",
        )
    return by_name[cluster]


def _polling() -> Polling:
    from mlproject.cluster import Polling

    return Polling(report=_note, sleep=lambda: time.sleep(POLL_SECONDS))


def _note(text: str) -> None:
    """Print a message to standard error, since standard output contains only the result."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _explain_interruption(what: str, deployment: Deployment, cluster: str) -> Iterator[None]:
    """Explain to a user who interrupts the command that AWS continues."""
    from mlproject.cli.common.cluster_output import command

    try:
        yield
    except KeyboardInterrupt:
        _note(f"{what}. To see its progress, run `{command('status', deployment, cluster)}`.")
        raise


def _confirm(cluster_id: str) -> None:
    question = (
        f"Terminate cluster {cluster_id}? Running work and data on its disks are lost; data in S3 is kept. [y/N] "
    )
    try:
        answer = input(question)
    except EOFError:
        raise UserError(
            "no answer, so the cluster was not terminated; repeat the command with --yes.",
            topic="confirmation-required",
        ) from None
    if answer.strip().lower() not in {"y", "yes"}:
        raise UserError("the cluster was not terminated.", exit_code=1)
