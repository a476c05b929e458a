"""The state of each EMR cluster, and the address of its Livy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from mlproject.cluster import ClusterStatus, describe_clusters
from mlproject.names import MAIN_CLUSTER, Names
from mlproject.outcome import Outcome, ok, problem, warning

_READY = frozenset({"RUNNING", "WAITING"})


def check_clusters(names: Names, client: Callable[[str], Any], clusters: Iterable[str]) -> Iterator[Outcome]:
    """Check that each cluster is ready or was terminated on purpose, and that Livy's address is that of the cluster.

    Args:
        names: names of the project's resources in the environment.
        client: returns the boto3 client of a service.
        clusters: names of the clusters in project.yaml, and `main`.
    """
    for status in describe_clusters(names, client, clusters):
        yield from _check_cluster(names, status, client)


def _check_cluster(names: Names, status: ClusterStatus, client: Callable[[str], Any]) -> Iterator[Outcome]:
    options = f"{names.project} --environment {names.environment}"
    if status.cluster_id is None:
        missing = "no cluster" if status.cluster == MAIN_CLUSTER else f"no cluster {status.cluster}"
        yield problem("cluster", f"{status.stack} has {missing}", f"run `mlproject deploy {options}`")
        return
    if status.is_alive and status.state not in _READY:
        yield warning("cluster", f"{status.cluster_id} is {status.state}", "run it again in a few minutes")
        return
    if not status.is_alive:
        yield _terminated(status, options)
        return
    yield ok("cluster", f"{status.cluster_id} is {status.state}")
    yield _check_livy(names, status, client)


def _terminated(status: ClusterStatus, options: str) -> Outcome:
    """A cluster that was idle terminates by itself, which is no failure of a deployment."""
    state = status.state or "unknown to EMR, which forgets a terminated cluster after two months"
    message = f"{status.cluster_id} is {state}{f': {status.reason}' if status.reason else ''}"
    option = "" if status.cluster == MAIN_CLUSTER else f" --cluster {status.cluster}"
    remedy = f"`mlproject cluster up {options}{option}` creates it again"
    report = problem if status.state == "TERMINATED_WITH_ERRORS" else warning
    return report("cluster", message, remedy)


def _check_livy(names: Names, status: ClusterStatus, client: Callable[[str], Any]) -> Outcome:
    parameter = names.livy_parameter(status.cluster)
    remedy = f"run `mlproject deploy {names.project} --environment {names.environment}`"
    try:
        address = str(client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        return problem("Livy", f"the SSM parameter {parameter} does not exist, so notebooks do not find Livy", remedy)
    host = client("emr").describe_cluster(ClusterId=status.cluster_id)["Cluster"].get("MasterPublicDnsName")
    if host is None or f"//{host}:" not in address:
        return problem("Livy", f"{parameter} is {address}, but the primary node is {host}", remedy)
    return ok("Livy", address)
