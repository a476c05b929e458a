"""The cluster that `--cluster NAME|ID` chooses: the newest one of a name in project.yaml, or any by its id."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlproject.errors import UserError
from mlproject.names import MAIN_CLUSTER

if TYPE_CHECKING:
    from mlproject.parameters import Deployment

AnyClusterOption = Annotated[
    str,
    typer.Option(
        metavar="NAME|ID",
        help="A cluster below emr.clusters in project.yaml, the newest one of this name, or any by its ID. "
        "Default: the main cluster.",
    ),
]
# https://docs.aws.amazon.com/emr/latest/APIReference/API_Cluster.html
_ID = re.compile(r"j-[A-Z0-9]+")
_NAME = re.compile(r"[a-z][a-z0-9]*")


def check_cluster_choice(cluster: str) -> None:
    """Raise a UserError unless the value of the option can be a name or an id."""
    if not _ID.fullmatch(cluster) and not _NAME.fullmatch(cluster):
        raise UserError(
            f"--cluster {cluster}: give an id such as j-2AXXXXXXGAPLF, or the name of a cluster in project.yaml."
        )


def find_chosen_cluster(deployment: Deployment, client: Callable[[str], Any], cluster: str) -> str:
    """Return the id of the chosen cluster, which may have terminated.

    Args:
        deployment: the project in the environment.
        client: returns the boto3 client of a service.
        cluster: the value of the option.

    Raises:
        UserError: the project has no cluster of this name, or none was deployed.
    """
    from mlproject.cluster import find_newest_cluster

    names = deployment.names
    found = cluster if _ID.fullmatch(cluster) else find_newest_cluster(names, client, cluster)
    if found is None:
        if cluster != MAIN_CLUSTER:
            deployment.require_cluster(cluster)
        raise UserError(
            f"{names.prefix} has no cluster{'' if cluster == MAIN_CLUSTER else f' {cluster}'}. Deploy one with "
            f"`cdk deploy '{names.path}/emr'`, or give the ID of an earlier one with --cluster.",
            exit_code=1,
            topic="not-deployed",
        )
    return found
