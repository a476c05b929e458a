"""The table of SageMaker's instance types: committed, so that no command needs botocore, EC2 or the network for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from mlproject.parameters.tables import notebook_types

TABLE = Path(__file__).with_name("instance_types.json")

Use = Literal["notebook", "training", "processing", "hosting"]
USES: tuple[Use, ...] = get_args(Use)


@dataclass(frozen=True, kw_only=True)
class Accelerator:
    """GPUs, or AWS's own accelerators, of an instance type.

    Args:
        name: such as `T4` or `Trainium`.
        count: number of devices.
        memory_gib: memory of each device in GiB; None if unknown.
        is_gpu: whether it is a GPU.
    """

    name: str
    count: int
    memory_gib: int | None
    is_gpu: bool


@dataclass(frozen=True, kw_only=True)
class InstanceType:
    """An instance type of SageMaker.

    Args:
        name: such as `ml.m5.large`.
        uses: what it can be used for. Notebooks: only types that the platform of new notebooks supports.
        vcpus: number of virtual CPUs; None if unknown.
        memory_gib: memory in GiB; None if unknown.
        accelerators: GPUs or AWS's accelerators. Empty if there are none or if the hardware is unknown.
        is_current: whether EC2 counts the type among its current generation; None if unknown.
    """

    name: str
    uses: frozenset[Use]
    vcpus: int | None
    memory_gib: float | None
    accelerators: tuple[Accelerator, ...]
    is_current: bool | None

    @property
    def family(self) -> str:
        """The name without the size, such as `ml.m5`."""
        return self.name.rpartition(".")[0]

    @property
    def has_gpu(self) -> bool:
        return any(each.is_gpu for each in self.accelerators)


def _types(families: Mapping[str, str]) -> frozenset[str]:
    return frozenset(f"{family}.{size}" for family, sizes in families.items() for size in sizes.split())


_CONTENT: Mapping[str, Any] = json.loads(TABLE.read_text())
# Where each part of the table comes from.
SOURCES: Mapping[str, str] = MappingProxyType(_CONTENT["sources"])
# Types with a price in a region, by use and region. There are no lists for notebooks and training.
REGION_LISTS: Mapping[str, Mapping[str, frozenset[str]]] = {
    use: {region: _types(families) for region, families in lists.items()} for use, lists in _CONTENT["regions"].items()
}


@cache
def instance_types() -> Mapping[str, InstanceType]:
    """Return every instance type by name, families sorted, sizes from small to large."""
    uses: dict[Use, frozenset[str]] = {use: _types(_CONTENT["uses"][use]) for use in USES}
    uses["notebook"] &= frozenset(notebook_types.SUPPORTED)
    every = frozenset().union(*(_types(_CONTENT["uses"][use]) for use in USES))
    types = [_instance_type(name, uses) for name in every]
    types.sort(key=lambda each: (each.family, each.vcpus or 0, each.memory_gib or 0, each.name))
    return MappingProxyType({each.name: each for each in types})


def _instance_type(name: str, uses: Mapping[Use, frozenset[str]]) -> InstanceType:
    hardware = _CONTENT["hardware"].get(name, {})
    return InstanceType(
        name=name,
        uses=frozenset(use for use in USES if name in uses[use]),
        vcpus=hardware.get("vcpus"),
        memory_gib=hardware.get("memory_gib"),
        accelerators=tuple(
            Accelerator(**device, is_gpu=kind == "gpus")
            for kind in ("gpus", "neuron_devices")
            for device in hardware.get(kind, ())
        ),
        is_current=hardware.get("current"),
    )
