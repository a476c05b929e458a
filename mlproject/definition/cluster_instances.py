"""The nodes of the clusters that EMR steps create."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.definition.document import Definition
from mlproject.definition.graph import steps_of
from mlproject.definition.job_instances import known_value, parameter_values


@dataclass(frozen=True, kw_only=True)
class ClusterInstances:
    """The nodes of a cluster that exists only for a step.

    Args:
        step: name of the step.
        nodes: number of nodes by instance type, before the cluster grows; empty if the step has fleets, for which EMR
            chooses the types, or if only a run knows them.
        maximum: number of nodes by instance type with managed scaling.
        volume_gb: size in GB of the data volumes of all nodes before the cluster grows.
    """

    step: str
    nodes: Mapping[str, int]
    maximum: Mapping[str, int]
    volume_gb: int


def cluster_instances(definition: Definition, parameters: Mapping[str, Any]) -> tuple[ClusterInstances, ...]:
    """Return the nodes of each cluster that a step creates, in the order of the document.

    Nodes whose type or number only a run knows are left out.

    Args:
        definition: the pipeline's definition.
        parameters: values that override the defaults of the pipeline's parameters.
    """
    return tuple(_of_steps(definition, parameter_values(definition, parameters)))


@dataclass(frozen=True, kw_only=True)
class _Group:
    """An instance group: its role, the type and number of its nodes, and the size of a node's volumes in GB."""

    role: str | None
    instance_type: str
    count: int
    volume_gb: int


def _of_steps(definition: Definition, values: Mapping[str, Any]) -> Iterator[ClusterInstances]:
    for step in steps_of(definition.document):
        config = step["Arguments"].get("ClusterConfig") if step["Type"] == "EMR" else None
        if config is not None:
            groups = tuple(_groups(config, values))
            nodes = Counter[str]()
            for group in groups:
                nodes[group.instance_type] += group.count
            yield ClusterInstances(
                step=step["Name"],
                nodes=nodes,
                maximum=nodes + _added(config, groups, values),
                volume_gb=sum(group.count * group.volume_gb for group in groups),
            )


def _groups(config: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[_Group]:
    for group in config["Instances"].get("InstanceGroups", ()):
        instance_type, count = (known_value(group.get(name), values) for name in ("InstanceType", "InstanceCount"))
        if isinstance(instance_type, str) and isinstance(count, int):
            role = known_value(group.get("InstanceRole"), values)
            yield _Group(role=role, instance_type=instance_type, count=count, volume_gb=_volume_gb(group, values))


def _added(config: Mapping[str, Any], groups: Iterable[_Group], values: Mapping[str, Any]) -> Counter[str]:
    """Return the nodes that managed scaling can add. They have the type of the core nodes."""
    limits = config.get("ManagedScalingPolicy", {}).get("ComputeLimits", {})
    core = next((group for group in groups if group.role == "CORE"), None)
    maximum = known_value(limits.get("MaximumCapacityUnits"), values)
    if core is None or limits.get("UnitType") != "Instances" or not isinstance(maximum, int):
        return Counter()
    return Counter({core.instance_type: maximum - core.count})


def _volume_gb(group: Mapping[str, Any], values: Mapping[str, Any]) -> int:
    devices = group.get("EbsConfiguration", {}).get("EbsBlockDeviceConfigs", ())
    sizes = (known_value(device["VolumeSpecification"]["SizeInGB"], values) for device in devices)
    counts = (known_value(device.get("VolumesPerInstance", 1), values) for device in devices)
    return sum(
        size * count
        for size, count in zip(sizes, counts, strict=True)
        if isinstance(size, int) and isinstance(count, int)
    )
