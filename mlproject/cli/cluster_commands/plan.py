"""`mlproject cluster plan`: derive the sizes of Spark executors from the node types of a project's cluster."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import ClusterOption, ProjectArgument
from mlproject.cli.common.completion import complete_environment
from mlproject.errors import UserError
from mlproject.names import MAIN_CLUSTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlproject.cluster import ExecutorPlan
    from mlproject.parameters import Platform
    from mlproject.parameters.model import Deployment


def register(app: typer.Typer) -> None:
    """Add the command `cluster plan`."""
    app.command("plan")(plan)


def plan(
    project: ProjectArgument,
    *,
    environment: Annotated[
        str | None,
        typer.Option(
            "--environment",
            "-e",
            help="Only this environment. Default: every environment in which the project has a cluster.",
            autocompletion=complete_environment,
        ),
    ] = None,
    cluster: ClusterOption = MAIN_CLUSTER,
    executor_memory: Annotated[
        str | None,
        typer.Option(metavar="MEMORY", help="Memory of an executor, such as 4g. Default: the largest that fits."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the values as one JSON object.")] = False,
) -> None:
    """Show which Spark executors fit the nodes of the cluster, step by step, and the `%%configure` that requests them.

    The values follow from the parameters and from AWS's tables, so no cluster has to run.
    """
    from mlproject.cli.common.cluster_plan import as_document, plan_lines
    from mlproject.files import project_root
    from mlproject.notebooks import read_session_sizes
    from mlproject.parameters import load_valid_parameters

    memory_mb = None if executor_memory is None else _parse_option("--executor-memory", executor_memory)
    platform = load_valid_parameters(project_root())
    deployments = _deployments(platform, project, environment, cluster)
    plans = [(each, each.require_cluster(cluster), _plan(each, cluster, memory_mb)) for each in deployments]
    sparkmagic = read_session_sizes()
    if as_json:
        documents = {each.environment.name: as_document(emr, plan, sparkmagic) for each, emr, plan in plans}
        print(json.dumps({"project": project, "environments": documents}, indent=2))
        return
    texts = ("\n".join(plan_lines(each.names.cluster(cluster), emr, plan, sparkmagic)) for each, emr, plan in plans)
    print("\n\n".join(texts))


def _parse_option(option: str, text: str) -> int:
    from mlproject.cluster import parse_memory

    try:
        return parse_memory(text)
    except ValueError as error:
        raise UserError(
            f"{option} {text}: give whole megabytes or gigabytes with their unit, such as 4096m or 4g."
        ) from error


def _deployments(platform: Platform, project: str, environment: str | None, cluster: str) -> Sequence[Deployment]:
    """Return the project's deployments that have a cluster.

    Raises:
        UserError: there are none, or there is no such project, environment or cluster.
    """
    if environment:
        deployment = platform.deployment(project, environment)
        deployment.require_cluster(cluster)
        return (deployment,)
    with_clusters = [deployment for deployment in platform.deployments(project=project) if deployment.emr]
    if not with_clusters:
        raise UserError(
            f"{project} has no cluster. To add one, define `emr:` in projects/{project}/project.yaml.",
            topic="component-missing",
        )
    found = [deployment for deployment in with_clusters if cluster in deployment.clusters]
    if not found:
        with_clusters[0].require_cluster(cluster)
    return found


def _plan(deployment: Deployment, cluster: str, memory_mb: int | None) -> ExecutorPlan:
    """Return the plan of a deployment's cluster.

    Raises:
        UserError: the memory of the node type is unknown, or nothing fits.
    """
    from mlproject.cluster import find_node_type, plan_executors

    title = deployment.names.cluster(cluster)
    nodes = {name: find_node_type(name) for name in deployment.require_cluster(cluster).node_types}
    name = next((name for name, node in nodes.items() if node is None), "")
    known = [node for node in nodes.values() if node]
    if name:
        raise UserError(
            f"{title}: the memory of YARN on a {name} node is unknown, since AWS's table does not "
            "contain the type: https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-hadoop-task-config.html. "
            "Choose another type, or read yarn.nodemanager.resource.memory-mb on a node.",
            exit_code=1,
        )
    try:
        # A driver or an executor can start on any node of a fleet, so it has to fit the smallest one.
        return plan_executors(min(known, key=lambda node: node.yarn_memory_mb), memory_mb=memory_mb)
    except UserError as error:
        raise UserError(f"{title}: {error}", exit_code=error.exit_code, topic=error.topic) from error
