"""Status of the clusters of a project, as reported by CloudFormation and by EMR."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from mlproject.cluster import stack as stacks
from mlproject.cluster.library_reports import LibraryFailure, read_library_failures
from mlproject.names import MAIN_CLUSTER, Names

STACK = "emr"
ACTIVE_STATES = ("STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING")
TERMINATED_STATES = ("TERMINATED", "TERMINATED_WITH_ERRORS")
READY_STATES = ("RUNNING", "WAITING")


@dataclass(frozen=True, kw_only=True)
class NodeGroup:
    """Nodes with the same role in a cluster.

    Args:
        role: `primary`, `core` or `task`.
        instance_type: such as `m5.xlarge`, or all types of a fleet, separated by `, `.
        running: number of running nodes, or of their units in a fleet.
        requested: number of requested nodes, or of their units in a fleet.
        spot: units of Spot nodes in a fleet that are running.
        is_fleet: whether the numbers are units of a fleet.
    """

    role: str
    instance_type: str
    running: int
    requested: int
    spot: int = 0
    is_fleet: bool = False


@dataclass(frozen=True, kw_only=True)
class ClusterStatus:
    """Status of a cluster.

    Args:
        stack: name of the stack.
        cluster: name of the cluster in project.yaml, or `main`.
        stack_status: status of the stack in CloudFormation, or None if the stack does not exist.
        cluster_id: id of the cluster in EMR, or None if no cluster has been created.
        name: name of the cluster.
        release: such as `emr-7.13.0`.
        state: state of the cluster in EMR, or None if EMR does not know the cluster (any more).
        since: time of the last state change, if EMR reports it.
        reason: reason for the termination, as reported by EMR.
        is_protected: whether termination protection is on, while the cluster is starting or running.
        nodes: node groups, in the order primary, core, task.
        idle_minutes: minutes without work after which the cluster terminates, or None if it does not.
        livy: URL of Livy, while the cluster is ready.
        library_failures: why nodes could not install their libraries.
    """

    stack: str
    cluster: str = MAIN_CLUSTER
    stack_status: str | None = None
    cluster_id: str | None = None
    name: str | None = None
    release: str | None = None
    state: str | None = None
    since: datetime | None = None
    reason: str | None = None
    is_protected: bool = False
    nodes: tuple[NodeGroup, ...] = ()
    idle_minutes: int | None = None
    livy: str | None = None
    library_failures: tuple[LibraryFailure, ...] = ()

    @property
    def is_alive(self) -> bool:
        """Whether the cluster is starting or running."""
        return self.state in ACTIVE_STATES


def describe_cluster(names: Names, client: Callable[[str], Any], cluster: str = MAIN_CLUSTER) -> ClusterStatus:
    """Return the status of one of a project's clusters.

    Args:
        names: names of the project's resources in the environment.
        client: returns the boto3 client of a service.
        cluster: name of the cluster in project.yaml, or `main`.
    """
    deployed = stacks.find_stack(client("cloudformation"), names.stack(STACK))
    return _status(names, client, deployed, cluster)


def describe_clusters(names: Names, client: Callable[[str], Any], clusters: Iterable[str]) -> tuple[ClusterStatus, ...]:
    """Return the status of each of a project's clusters, `main` first.

    Args:
        names: names of the project's resources in the environment.
        client: returns the boto3 client of a service.
        clusters: names in project.yaml. Clusters that are deployed under other names are added.
    """
    deployed = stacks.find_stack(client("cloudformation"), names.stack(STACK))
    others = {*clusters, *(deployed.clusters if deployed else ())} - {MAIN_CLUSTER}
    return tuple(_status(names, client, deployed, cluster) for cluster in (MAIN_CLUSTER, *sorted(others)))


def _status(
    names: Names, client: Callable[[str], Any], deployed: stacks.DeployedStack | None, cluster: str
) -> ClusterStatus:
    if deployed is None:
        return ClusterStatus(stack=names.stack(STACK), cluster=cluster)
    unknown = ClusterStatus(
        stack=deployed.name,
        cluster=cluster,
        stack_status=deployed.status,
        cluster_id=deployed.clusters.get(cluster),
        library_failures=_library_failures(names, client, deployed, cluster),
    )
    cluster_id = unknown.cluster_id
    emr = client("emr")
    description = _describe(emr, cluster_id) if cluster_id else None
    if cluster_id is None or description is None:
        return unknown
    state = description["Status"]["State"]
    active = state in ACTIVE_STATES
    return replace(
        unknown,
        name=description["Name"],
        release=description.get("ReleaseLabel"),
        state=state,
        since=_since(state, description["Status"].get("Timeline", {})),
        reason=None if active else _reason(description["Status"].get("StateChangeReason", {})),
        is_protected=active and description.get("TerminationProtected", False),
        nodes=_nodes(emr, description) if active else (),
        idle_minutes=_idle_minutes(emr, cluster_id) if active else None,
        livy=_parameter_value(client("ssm"), names.livy_parameter(cluster)) if state in READY_STATES else None,
    )


def _library_failures(
    names: Names, client: Callable[[str], Any], deployed: stacks.DeployedStack, cluster: str
) -> tuple[LibraryFailure, ...]:
    """Return the failures of the newest cluster, which may be one that could not be created."""
    cluster_id = stacks.newest_cluster(client("cloudformation"), deployed, cluster)
    if cluster_id is None:
        return ()
    return read_library_failures(client("s3"), bucket=names.bucket("artifacts"), cluster_id=cluster_id)


def _describe(emr: Any, cluster_id: str) -> dict[str, Any] | None:
    """Describe a cluster in EMR. The result is None two months after the termination, when EMR has removed the record.

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-manage-view-clusters.html
    """
    try:
        cluster: dict[str, Any] = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "InvalidRequestException":
            return None
        raise
    return cluster


def cluster_state(emr: Any, cluster_id: str) -> str | None:
    """Return the state of a cluster in EMR, or None if EMR does not know the cluster."""
    description = _describe(emr, cluster_id)
    state: str | None = description["Status"]["State"] if description else None
    return state


def find_protected_clusters(names: Names, client: Callable[[str], Any]) -> tuple[str, ...]:
    """Return the ids of a project's clusters that are protected against termination.

    Args:
        names: names of the project's resources in the environment.
        client: returns the boto3 client of a service.
    """
    deployed = stacks.find_stack(client("cloudformation"), names.stack(STACK))
    found = deployed.clusters.values() if deployed else ()
    return tuple(cluster_id for cluster_id in found if is_protected_cluster(client("emr"), cluster_id))


def is_protected_cluster(emr: Any, cluster_id: str) -> bool:
    """Return whether a cluster is starting or running, and is protected against termination."""
    description = _describe(emr, cluster_id)
    if description is None or description["Status"]["State"] not in ACTIVE_STATES:
        return False
    return bool(description.get("TerminationProtected", False))


def _since(state: str, timeline: dict[str, datetime]) -> datetime | None:
    if state in TERMINATED_STATES:
        return timeline.get("EndDateTime")
    if state in READY_STATES:
        return timeline.get("ReadyDateTime")
    return timeline.get("CreationDateTime")


def _reason(change: dict[str, str]) -> str | None:
    return change.get("Message") or change.get("Code")


_ROLES = {"MASTER": "primary", "CORE": "core", "TASK": "task"}


def _nodes(emr: Any, description: Mapping[str, Any]) -> tuple[NodeGroup, ...]:
    """Return the instance groups or the fleets, whose APIs refuse clusters of the other kind."""
    cluster_id = description["Id"]
    has_fleets = description.get("InstanceCollectionType") == "INSTANCE_FLEET"
    found = _fleets(emr, cluster_id) if has_fleets else _groups(emr, cluster_id)
    return tuple(sorted(found, key=lambda nodes: list(_ROLES.values()).index(nodes.role)))


def _fleets(emr: Any, cluster_id: str) -> Iterator[NodeGroup]:
    for page in emr.get_paginator("list_instance_fleets").paginate(ClusterId=cluster_id):
        for fleet in page["InstanceFleets"]:
            spot = fleet.get("ProvisionedSpotCapacity", 0)
            yield NodeGroup(
                role=_ROLES[fleet["InstanceFleetType"]],
                instance_type=", ".join(each["InstanceType"] for each in fleet["InstanceTypeSpecifications"]),
                running=fleet.get("ProvisionedOnDemandCapacity", 0) + spot,
                requested=fleet.get("TargetOnDemandCapacity", 0) + fleet.get("TargetSpotCapacity", 0),
                spot=spot,
                is_fleet=True,
            )


def _groups(emr: Any, cluster_id: str) -> Iterator[NodeGroup]:
    for page in emr.get_paginator("list_instance_groups").paginate(ClusterId=cluster_id):
        for group in page["InstanceGroups"]:
            yield NodeGroup(
                role=_ROLES[group["InstanceGroupType"]],
                instance_type=group["InstanceType"],
                running=group["RunningInstanceCount"],
                requested=group["RequestedInstanceCount"],
            )


def _idle_minutes(emr: Any, cluster_id: str) -> int | None:
    policy = emr.get_auto_termination_policy(ClusterId=cluster_id).get("AutoTerminationPolicy") or {}
    seconds = policy.get("IdleTimeout")
    return None if seconds is None else int(seconds) // 60


def _parameter_value(ssm: Any, name: str) -> str | None:
    try:
        value: str = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return None
        raise
    return value
