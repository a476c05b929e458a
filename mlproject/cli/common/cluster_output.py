"""Print the status of a project's clusters, as lines or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from mlproject.certificates import expiry_warning, renewal_command
from mlproject.cli.common.arguments import ALLOW_PROTECTED
from mlproject.cluster import ClusterStatus, LibraryFailure, NodeGroup
from mlproject.names import MAIN_CLUSTER
from mlproject.parameters.model import Deployment

_NAMED_HOSTS = 3


def print_status(deployment: Deployment, clusters: Sequence[ClusterStatus], *, as_json: bool) -> None:
    """Print the status of clusters.

    Args:
        deployment: the project in the environment.
        clusters: the first one, and others beside it.
        as_json: whether to print a JSON object: that of the first cluster, with the others below `clusters`.
    """
    first, *others = clusters
    if as_json:
        beside = {each.cluster: _as_json(deployment, each) for each in others}
        print(json.dumps({**_as_json(deployment, first), "clusters": beside}, indent=2))
        return
    environment = deployment.environment
    print(f"{deployment.names.prefix}, account {environment.account}, {environment.region}:")
    if first.stack_status is None:
        deploy = f"cdk deploy '{deployment.names.path}/emr'"
        print(f"  stack {first.stack}: not deployed; to create the cluster, run `{deploy}`")
        return
    print(f"  stack {first.stack}: {first.stack_status}")
    warning = expiry_warning(deployment, now=datetime.now(UTC))
    if warning:
        print(f"  certificate: {warning}; to create another one: {renewal_command(deployment)}")
    for cluster in clusters:
        indentation = "  "
        if cluster.cluster != MAIN_CLUSTER:
            print(f"  {cluster.cluster}:")
            indentation = "    "
        for line in _lines(deployment, cluster):
            print(f"{indentation}{line}")


def command(verb: str, deployment: Deployment, cluster: str) -> str:
    """Return a command for a cluster, such as `mlproject cluster up flights --environment dev --cluster large`."""
    option = "" if cluster == MAIN_CLUSTER else f" --cluster {cluster}"
    return f"mlproject cluster {verb} {deployment.project} --environment {deployment.environment.name}{option}"


def _lines(deployment: Deployment, current: ClusterStatus) -> Iterator[str]:
    yield from map(_library_failure, current.library_failures)
    if current.cluster_id is None:
        is_named = current.cluster != MAIN_CLUSTER
        remedy = f"; to create it, run `cdk deploy '{deployment.names.path}/emr'`" if is_named else ""
        yield f"cluster: not created yet{remedy}"
        return
    if current.state is None:
        yield f"cluster {current.cluster_id}: deleted; EMR keeps terminated clusters for two months"
    else:
        since = f" since {_time(current.since)}" if current.since else ""
        yield f"cluster {current.cluster_id} ({current.name}, {current.release}): {current.state}{since}"
    if current.is_alive:
        yield f"nodes: {', '.join(map(_nodes, current.nodes))}"
        if current.is_protected:
            down = f"{command('down', deployment, current.cluster)} {ALLOW_PROTECTED}"
            yield f"protected against termination: `{down}` terminates it"
        if current.livy:
            yield f"Livy: {current.livy}"
        if current.idle_minutes is not None:
            yield f"terminates after {current.idle_minutes} idle minutes; AWS does not report how many have passed"
        return
    if current.reason:
        yield f"reason: {current.reason}"
    yield f"to recreate it: {command('up', deployment, current.cluster)}"


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
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _as_json(deployment: Deployment, current: ClusterStatus) -> dict[str, Any]:
    return {
        "project": deployment.project,
        "environment": deployment.environment.name,
        **asdict(current),
        "since": current.since.isoformat() if current.since else None,
        "is_alive": current.is_alive,
    }
