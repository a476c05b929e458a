"""Print the executors that fit a cluster: the calculation for people, the values as JSON, and `%%configure`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mlproject.cluster import ContainerSize, ExecutorPlan, driver_size, executor_size, parse_memory
from mlproject.parameters import Emr

_SOURCES = {
    "documented": "AWS's table",
    "calculated": "calculated, not in the copy of AWS's table",
}


def as_document(emr: Emr, plan: ExecutorPlan, sparkmagic: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plan of a cluster as values for JSON, with memory in MB."""
    node = plan.node
    least, most = _node_counts(emr, node.name)
    return {
        "release": emr.release,
        "node": {
            "instance_type": node.name,
            "vcpus": node.vcpus,
            "yarn_memory_mb": node.yarn_memory_mb,
            "yarn_memory_source": node.source,
            "largest_container_mb": node.largest_container_mb,
        },
        "driver": _size(plan.driver),
        "executor": {"cores": plan.executor.cores, **_size(plan.executor)},
        "executors_per_node": plan.per_node,
        "executors_beside_driver": plan.beside_driver,
        "minimum": _on_nodes(plan, least),
        "maximum": _on_nodes(plan, most),
        "configure": configure(plan),
        "sparkmagic": _sparkmagic(plan, sparkmagic),
    }


def configure(plan: ExecutorPlan) -> dict[str, Any]:
    """Return the JSON of `%%configure` that requests the planned sizes."""
    return {
        "driverMemory": f"{plan.driver.memory_mb}m",
        "executorMemory": f"{plan.executor.memory_mb}m",
        "executorCores": plan.executor.cores,
    }


def plan_lines(title: str, emr: Emr, plan: ExecutorPlan, sparkmagic: Mapping[str, Any]) -> Iterator[str]:
    """Return the plan of a cluster as lines: a step of the calculation each."""
    least, most = _node_counts(emr, plan.node.name)
    yield f"{title}, {emr.release}, core nodes {plan.node.name}:"
    yield from _table(list(_steps(plan)))
    yield ""
    yield "executors of one session:"
    yield from _table(
        [
            (
                f"with {count} {'node' if count == 1 else 'nodes'} ({key})",
                f"{plan.on_nodes(count):,}",
                f"{plan.on_nodes(count) * plan.executor.cores:,} tasks at the same time",
            )
            for key, count in (("core_fleet" if emr.fleets else "core_count", least), ("maximum_count", most))
        ]
    )
    if not plan.on_nodes(least):
        yield "  the first executor waits until managed scaling has added a node, if it may"
    yield ""
    yield "in the first cell of a notebook:"
    yield "  %%configure -f"
    yield f"  {json.dumps(configure(plan))}"
    yield ""
    yield _sparkmagic_line(plan, sparkmagic)


def _node_counts(emr: Emr, node_type: str) -> tuple[int, int]:
    """Return the least and the most nodes, if all of them have this type."""
    units = emr.node_types[node_type]
    return max(1, emr.core_units // units), max(1, emr.maximum_count // units)


def _steps(plan: ExecutorPlan) -> Iterator[tuple[str, str, str]]:
    node, driver, executor = plan.node, plan.driver, plan.executor
    yield "vCPUs of a node", f"{node.vcpus}", ""
    yield "memory of YARN on a node", f"{node.yarn_memory_mb:,} MB", _SOURCES[node.source]
    yield (
        "driver, on one of the nodes",
        f"{driver.container_mb:,} MB",
        f"{driver.memory_mb:,} MB and an overhead of 10 %, at least 384 MB: {driver.overhead_mb:,} MB",
    )
    yield (
        "left beside the driver",
        f"{node.yarn_memory_mb - driver.container_mb:,} MB",
        f"{node.yarn_memory_mb:,} MB - {driver.container_mb:,} MB",
    )
    yield "cores of an executor", f"{executor.cores}", "4, or all of a smaller node"
    yield "memory of an executor", f"{executor.memory_mb:,} MB", "without its overhead"
    yield "overhead of an executor", f"{executor.overhead_mb:,} MB", "18.75 %, at least 384 MB (EMR's default)"
    yield (
        "container of an executor",
        f"{executor.container_mb:,} MB",
        f"{executor.memory_mb:,} MB + {executor.overhead_mb:,} MB",
    )
    for label, count, memory_mb in (
        ("executors on the driver's node", plan.beside_driver, node.yarn_memory_mb - driver.container_mb),
        ("executors on any other node", plan.per_node, node.yarn_memory_mb),
    ):
        yield (
            label,
            f"{count}",
            f"{node.vcpus} / {executor.cores} cores, {memory_mb:,} MB / {executor.container_mb:,} MB: the smaller",
        )


def _table(rows: list[tuple[str, str, str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for label, value, reason in rows:
        yield f"  {label:{widths[0]}}  {value:>{widths[1]}}  {reason}".rstrip()


def _session(sparkmagic: Mapping[str, Any], plan: ExecutorPlan) -> ExecutorPlan:
    """Return the plan for the sizes of SparkMagic's configuration on the same nodes."""
    return ExecutorPlan(
        node=plan.node,
        driver=driver_size(parse_memory(sparkmagic["driverMemory"])),
        executor=executor_size(parse_memory(sparkmagic["executorMemory"]), cores=sparkmagic["executorCores"]),
    )


def _sparkmagic(plan: ExecutorPlan, sparkmagic: Mapping[str, Any]) -> dict[str, Any]:
    session = _session(sparkmagic, plan)
    return {
        **sparkmagic,
        "fits": session.beside_driver > 0,
        "executors_per_node": session.per_node,
        "executors_beside_driver": session.beside_driver,
    }


def _sparkmagic_line(plan: ExecutorPlan, sparkmagic: Mapping[str, Any]) -> str:
    session = _session(sparkmagic, plan)
    sizes = (
        f"Without %%configure, SparkMagic requests a driver of {sparkmagic['driverMemory']} and executors of "
        f"{sparkmagic['executorMemory']} with {sparkmagic['executorCores']} cores"
    )
    if session.beside_driver:
        return (
            f"{sizes}. They fit these nodes: {session.beside_driver} on the driver's node, "
            f"{session.per_node} on any other."
        )
    return f"{sizes}. They do not fit on one of these nodes beside the driver, so use the cell above."


def _size(size: ContainerSize) -> dict[str, int]:
    return {"memory_mb": size.memory_mb, "overhead_mb": size.overhead_mb, "container_mb": size.container_mb}


def _on_nodes(plan: ExecutorPlan, count: int) -> dict[str, int]:
    executors = plan.on_nodes(count)
    return {"nodes": count, "executors": executors, "tasks": executors * plan.executor.cores}
