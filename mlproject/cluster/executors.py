"""Sizes of Spark executors that fit the nodes of a cluster, and how many of them fit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mlproject.cluster.node_types import NodeType
from mlproject.errors import UserError

# "Set spark.executor.cores to 4 or 5"; the vCPUs of nearly all node types are a multiple of 4.
# https://github.com/aws/aws-emr-best-practices/blob/main/website/docs/bestpractices/Applications/Spark/best_practices.md
EXECUTOR_CORES = 4
# spark.yarn.executor.memoryOverheadFactor and its minimum, EMR's default since emr-5.22.0; open-source Spark adds 10 %.
# https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-5220-release.html
OVERHEAD_FACTOR = 0.1875
OVERHEAD_MINIMUM_MB = 384
# spark.driver.memoryOverheadFactor, with the same minimum: https://spark.apache.org/docs/3.5.5/configuration.html
DRIVER_OVERHEAD_FACTOR = 0.1
# The driver of SparkMagic's sessions on notebooks, lifecycle_scripts/tools/sparkmagic.py.
DRIVER_MEMORY_MB = 2048
# 1.5 times the 300 MB that Spark keeps for itself: UnifiedMemoryManager of https://github.com/apache/spark
EXECUTOR_MEMORY_MINIMUM_MB = 450
_MEMORY = re.compile(r"([1-9][0-9]{0,6})([mg])", re.IGNORECASE)
_MB = {"m": 1, "g": 1024}


@dataclass(frozen=True, kw_only=True)
class ContainerSize:
    """Memory of a driver or an executor, in MB.

    Args:
        memory_mb: heap of the Java process.
        overhead_mb: memory outside the heap, such as that of Python.
        cores: number of tasks that run at the same time.
    """

    memory_mb: int
    overhead_mb: int
    cores: int

    @property
    def container_mb(self) -> int:
        return self.memory_mb + self.overhead_mb


@dataclass(frozen=True, kw_only=True)
class ExecutorPlan:
    """Executors of one session on the core and task nodes of a cluster, which have the same type.

    Args:
        node: type of the core and task nodes.
        driver: the session's driver, which runs on one of these nodes.
        executor: each executor.
    """

    node: NodeType
    driver: ContainerSize
    executor: ContainerSize

    @property
    def per_node(self) -> int:
        """Number of executors on a node without the driver."""
        return self._fitting(self.node.yarn_memory_mb)

    @property
    def beside_driver(self) -> int:
        """Number of executors on the node of the driver."""
        return self._fitting(self.node.yarn_memory_mb - self.driver.container_mb)

    def on_nodes(self, count: int) -> int:
        """Return the number of executors on `count` nodes, of which one has the driver."""
        return self.per_node * (count - 1) + self.beside_driver

    def _fitting(self, memory_mb: int) -> int:
        if max(self.driver.container_mb, self.executor.container_mb) > self.node.largest_container_mb:
            return 0
        return max(0, min(self.node.vcpus // self.executor.cores, memory_mb // self.executor.container_mb))


def parse_memory(text: str) -> int:
    """Return an amount of memory in MB, written as Spark writes it: `4g`, `4096m`.

    Raises:
        ValueError: the text is not an amount of memory.
    """
    match = _MEMORY.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text} is not an amount of memory")
    return int(match[1]) * _MB[match[2].lower()]


def driver_size(memory_mb: int) -> ContainerSize:
    """Return the size of a driver with this memory, in MB."""
    overhead = max(OVERHEAD_MINIMUM_MB, int(memory_mb * DRIVER_OVERHEAD_FACTOR))
    return ContainerSize(memory_mb=memory_mb, overhead_mb=overhead, cores=1)


def executor_size(memory_mb: int, *, cores: int) -> ContainerSize:
    """Return the size of an executor with this memory, in MB."""
    return ContainerSize(memory_mb=memory_mb, overhead_mb=_overhead(memory_mb), cores=cores)


def _overhead(memory_mb: int) -> int:
    return max(OVERHEAD_MINIMUM_MB, int(memory_mb * OVERHEAD_FACTOR))


def largest_memory(container_mb: int) -> int:
    """Return the largest executor memory that fits in a container with its overhead, both in MB."""
    # One MB more can fit too, since Spark rounds the overhead down.
    memory_mb = int(container_mb / (1 + OVERHEAD_FACTOR)) + 1
    fits = memory_mb + _overhead(memory_mb) <= container_mb
    return min(memory_mb if fits else memory_mb - 1, container_mb - OVERHEAD_MINIMUM_MB)


def plan_executors(node: NodeType, *, memory_mb: int | None = None) -> ExecutorPlan:
    """Derive the executors of a session from the type of the core nodes.

    Args:
        node: type of the core nodes.
        memory_mb: memory of an executor in MB, or None to divide a node's memory beside the driver among its executors.

    Raises:
        UserError: no session, or no executor with this memory, fits on a node.
    """
    driver = driver_size(DRIVER_MEMORY_MB)
    cores = min(EXECUTOR_CORES, node.vcpus)
    if memory_mb is None:
        return ExecutorPlan(
            node=node, driver=driver, executor=executor_size(_memory_beside_driver(node, driver, cores), cores=cores)
        )
    executor = executor_size(memory_mb, cores=cores)
    if memory_mb < EXECUTOR_MEMORY_MINIMUM_MB:
        raise UserError(
            f"--executor-memory {memory_mb}m: Spark starts no executor with less than {EXECUTOR_MEMORY_MINIMUM_MB} MB. "
            f"Request {EXECUTOR_MEMORY_MINIMUM_MB} to {largest_memory(node.largest_container_mb):,} MB."
        )
    if executor.container_mb > node.largest_container_mb:
        raise UserError(
            f"--executor-memory {memory_mb}m: with its overhead of {executor.overhead_mb:,} MB an executor needs "
            f"{executor.container_mb:,} MB, but YARN has {node.largest_container_mb:,} MB for it on a core node "
            f"({node.name}). Request at most {largest_memory(node.largest_container_mb):,} MB, or choose a larger "
            "core_instance_type."
        )
    return ExecutorPlan(node=node, driver=driver, executor=executor)


def _memory_beside_driver(node: NodeType, driver: ContainerSize, cores: int) -> int:
    """Return the memory of an executor in MB, so that each node has room for the driver: it can start on any of them.

    Raises:
        UserError: a node has no room for a driver and an executor.
    """
    smallest_mb = executor_size(EXECUTOR_MEMORY_MINIMUM_MB, cores=cores).container_mb
    available_mb = node.yarn_memory_mb - driver.container_mb
    if available_mb < smallest_mb or driver.container_mb > node.largest_container_mb:
        raise UserError(
            f"core nodes of type {node.name} are too small for a Spark session: YARN has {node.yarn_memory_mb:,} MB on "
            f"a node and {node.largest_container_mb:,} MB for a container, while a driver needs "
            f"{driver.container_mb:,} MB and the smallest executor {smallest_mb:,} MB. "
            "Choose a larger core_instance_type."
        )
    count = min(node.vcpus // cores, available_mb // smallest_mb)
    return largest_memory(min(available_mb // count, node.largest_container_mb))
