"""The nodes of the clusters that EMR steps create."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.definition.document import Definition
from mlproject.definition.graph import steps_of


@dataclass(frozen=True, kw_only=True)
class ClusterInstances:
    """The nodes of a cluster that exists only for a step.

    Args:
        step: name of the step.
        nodes: number of nodes by instance type, before the cluster grows; empty if the step has fleets, for which EMR
            chooses the types.
        maximum: number of nodes by instance type with managed scaling.
        volume_gb: size in GB of the data volumes of all nodes before the cluster grows.
    """

    step: str
    nodes: Mapping[str, int]
    maximum: Mapping[str, int]
    volume_gb: int


def cluster_instances(definition: Definition) -> tuple[ClusterInstances, ...]:
    """Return the nodes of each cluster that a step creates, in the order of the document."""
    return tuple(_of_steps(definition))


def _of_steps(definition: Definition) -> Iterator[ClusterInstances]:
    for step in steps_of(definition.document):
        config = step["Arguments"].get("ClusterConfig") if step["Type"] == "EMR" else None
        if config is not None:
            groups = config["Instances"].get("InstanceGroups", ())
            nodes = Counter[str]()
            for group in groups:
                nodes[group["InstanceType"]] += group["InstanceCount"]
            yield ClusterInstances(
                step=step["Name"],
                nodes=nodes,
                maximum=nodes + _added(config, groups),
                volume_gb=sum(group["InstanceCount"] * _volume_gb(group) for group in groups),
            )


def _added(config: Mapping[str, Any], groups: Any) -> Counter[str]:
    """Return the nodes that managed scaling can add. They have the type of the core nodes."""
    limits = config.get("ManagedScalingPolicy", {}).get("ComputeLimits", {})
    core = next((group for group in groups if group["InstanceRole"] == "CORE"), None)
    if core is None or limits.get("UnitType") != "Instances":
        return Counter()
    return Counter({core["InstanceType"]: limits["MaximumCapacityUnits"] - core["InstanceCount"]})


def _volume_gb(group: Mapping[str, Any]) -> int:
    devices = group.get("EbsConfiguration", {}).get("EbsBlockDeviceConfigs", ())
    return sum(device["VolumeSpecification"]["SizeInGB"] * device.get("VolumesPerInstance", 1) for device in devices)
