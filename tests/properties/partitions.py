"""ARNs of the partition of a region: strategies draw those of `aws`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mlproject.parameters.tables.regions import PARTITIONS

_START = "arn:aws:"


def common_partition(regions: Iterable[str]) -> str | None:
    """Return the partition of all these regions; None if there are several."""
    partitions = {PARTITIONS[region] for region in regions}
    return partitions.pop() if len(partitions) == 1 else None


def in_partition(value: Any, partition: str) -> Any:
    """Return a value of a parameter file whose ARNs belong to a partition."""
    if isinstance(value, Mapping):
        return {key: in_partition(item, partition) for key, item in value.items()}
    if isinstance(value, list):
        return [in_partition(item, partition) for item in value]
    is_arn = isinstance(value, str) and value.startswith(_START)
    return f"arn:{partition}:{value.removeprefix(_START)}" if is_arn else value


def has_arn(value: Any) -> bool:
    """Whether a value of a parameter file contains an ARN of `aws`."""
    return bool(in_partition(value, "another") != value)
