"""Node types of EMR: their vCPUs, and the memory that YARN has on a node. Committed tables, so no AWS access is needed.

`yarn_memory.json` contains AWS's table as far as it could be read here. For other types the memory is calculated, and
marked as such, from the memory that EMR's ListSupportedInstanceTypes reports.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

TABLE = Path(__file__).with_name("node_types.json")
YARN_MEMORY = Path(__file__).with_name("yarn_memory.json")

# What a node keeps for itself: a quarter of its memory, within these limits. AWS publishes values, not the rule; the
# rule gives every value of yarn_memory.json except those of the oldest families.
_RESERVED_MINIMUM_MB, _RESERVED_LIMIT_MB = 2048, 8192
FAMILIES_WITHOUT_RULE = frozenset({"c1", "m1", "m2"})


@dataclass(frozen=True, kw_only=True)
class NodeType:
    """A node type of EMR.

    Args:
        name: such as `m5.xlarge`.
        vcpus: number of virtual CPUs.
        yarn_memory_mb: `yarn.nodemanager.resource.memory-mb` of a node in MB.
        largest_container_mb: `yarn.scheduler.maximum-allocation-mb`: the largest container in MB.
        source: whether AWS documents the memory, or it is calculated.
    """

    name: str
    vcpus: int
    yarn_memory_mb: int
    largest_container_mb: int
    source: Literal["documented", "calculated"]


def find_node_type(name: str) -> NodeType | None:
    """Return a node type, or None if its vCPUs or its memory are unknown.

    Source: https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-hadoop-task-config.html
    """
    family, _, size = name.partition(".")
    hardware = _read(TABLE)["node_types"].get(family, {}).get(name)
    if hardware is None:
        return None
    vcpus, memory_mb = hardware
    documented = _read(YARN_MEMORY)["yarn_memory_mb"].get(family, {}).get(size)
    if documented is None and family in FAMILIES_WITHOUT_RULE:
        return None
    yarn_memory_mb = calculate_yarn_memory(memory_mb) if documented is None else documented
    return NodeType(
        name=name,
        vcpus=vcpus,
        yarn_memory_mb=yarn_memory_mb,
        largest_container_mb=_read(YARN_MEMORY)["maximum_allocation_mb"].get(family, {}).get(size, yarn_memory_mb),
        source="calculated" if documented is None else "documented",
    )


def calculate_yarn_memory(memory_mb: int) -> int:
    """Return the memory in MB that YARN has on a node.

    Args:
        memory_mb: memory of the node type in MB, as EMR reports it.
    """
    return memory_mb - min(max(memory_mb // 4, _RESERVED_MINIMUM_MB), _RESERVED_LIMIT_MB)


@cache
def _read(file: Path) -> Mapping[str, Any]:
    content: Mapping[str, Any] = json.loads(file.read_text())
    return content
