"""How a cluster is: what CloudFormation thinks, and what EMR knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from mlproject.cluster import stack as stacks
from mlproject.names import Names

STACK = "emr"
ALIVE = ("STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING")
ENDED = ("TERMINATED", "TERMINATED_WITH_ERRORS")
READY = ("RUNNING", "WAITING")


@dataclass(frozen=True, kw_only=True)
class Nodes:
    """The nodes of one role.

    Args:
        role: `primary`, `core` or `task`.
        instance_type: such as `m5.xlarge`.
        running: how many run.
        requested: how many are to run.
    """

    role: str
    instance_type: str
    running: int
    requested: int


@dataclass(frozen=True, kw_only=True)
class ClusterView:
    """A cluster as it is now.

    Args:
        stack: the name of its stack.
        stack_status: what CloudFormation thinks; None if there is no such stack.
        cluster_id: EMR's id; None if there is none yet.
        name: the cluster's name.
        release: such as `emr-7.13.0`.
        state: EMR's word; None if EMR does not know the cluster (any more).
        since: when it came into that state, as far as EMR tells.
        reason: why it ended, in EMR's words.
        nodes: by role.
        idle_minutes: without work after which it terminates; None if it does not.
        livy: the address of Livy while it answers.
    """

    stack: str
    stack_status: str | None = None
    cluster_id: str | None = None
    name: str | None = None
    release: str | None = None
    state: str | None = None
    since: datetime | None = None
    reason: str | None = None
    nodes: tuple[Nodes, ...] = ()
    idle_minutes: int | None = None
    livy: str | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it works or is about to."""
        return self.state in ALIVE


def look(names: Names, client: Callable[[str], Any]) -> ClusterView:
    """How a project's cluster is.

    Args:
        names: the project's, in its environment.
        client: gives a boto3 client by the service's name.
    """
    name = names.stack(STACK)
    deployed = stacks.find(client("cloudformation"), name)
    if deployed is None:
        return ClusterView(stack=name)
    if deployed.cluster_id is None:
        return ClusterView(stack=name, stack_status=deployed.status)
    emr, cluster_id = client("emr"), deployed.cluster_id
    about = _describe(emr, cluster_id)
    if about is None:
        return ClusterView(stack=name, stack_status=deployed.status, cluster_id=cluster_id)
    now = about["Status"]["State"]
    alive = now in ALIVE
    return ClusterView(
        stack=name,
        stack_status=deployed.status,
        cluster_id=cluster_id,
        name=about["Name"],
        release=about.get("ReleaseLabel"),
        state=now,
        since=_since(now, about["Status"].get("Timeline", {})),
        reason=None if alive else _reason(about["Status"].get("StateChangeReason", {})),
        nodes=_nodes(emr, cluster_id) if alive else (),
        idle_minutes=_idle_minutes(emr, cluster_id) if alive else None,
        livy=_value(client("ssm"), names.parameter("livy-address")) if now in READY else None,
    )


def _describe(emr: Any, cluster_id: str) -> dict[str, Any] | None:
    """What EMR knows; None of a cluster that it has forgotten, as it does two months after the end.

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-manage-view-clusters.html
    """
    try:
        cluster: dict[str, Any] = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "InvalidRequestException":
            return None
        raise
    return cluster


def state(emr: Any, cluster_id: str) -> str | None:
    """EMR's word for how a cluster is; None if EMR does not know it."""
    about = _describe(emr, cluster_id)
    found: str | None = about["Status"]["State"] if about else None
    return found


def _since(now: str, timeline: dict[str, datetime]) -> datetime | None:
    if now in ENDED:
        return timeline.get("EndDateTime")
    if now in READY:
        return timeline.get("ReadyDateTime")
    return timeline.get("CreationDateTime")


def _reason(change: dict[str, str]) -> str | None:
    return change.get("Message") or change.get("Code")


def _nodes(emr: Any, cluster_id: str) -> tuple[Nodes, ...]:
    roles = {"MASTER": "primary", "CORE": "core", "TASK": "task"}
    groups = [
        group
        for page in emr.get_paginator("list_instance_groups").paginate(ClusterId=cluster_id)
        for group in page["InstanceGroups"]
    ]
    return tuple(
        Nodes(
            role=roles[group["InstanceGroupType"]],
            instance_type=group["InstanceType"],
            running=group["RunningInstanceCount"],
            requested=group["RequestedInstanceCount"],
        )
        for group in sorted(groups, key=lambda group: list(roles).index(group["InstanceGroupType"]))
    )


def _idle_minutes(emr: Any, cluster_id: str) -> int | None:
    policy = emr.get_auto_termination_policy(ClusterId=cluster_id).get("AutoTerminationPolicy") or {}
    seconds = policy.get("IdleTimeout")
    return None if seconds is None else int(seconds) // 60


def _value(ssm: Any, name: str) -> str | None:
    try:
        value: str = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return None
        raise
    return value
