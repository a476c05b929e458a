"""Regions where SageMaker is available, and their zones: a committed table, so that loading needs no botocore."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

TABLE = Path(__file__).with_name("regions.json")
DEFAULT_PARTITION = "aws"


def _read() -> Mapping[str, tuple[str, ...]]:
    return {
        region: tuple(region + letter for letter in letters)
        for region, letters in json.loads(TABLE.read_text())["regions"].items()
    }


# Zones by region. Empty where the source lists none: then no zone is rejected and no default is assumed.
REGIONS = _read()


def _read_partitions() -> Mapping[str, str]:
    others: Mapping[str, str] = json.loads(TABLE.read_text())["partitions"]
    of_others = {region: partition for partition, regions in others.items() for region in regions.split()}
    return {region: of_others.get(region, DEFAULT_PARTITION) for region in REGIONS}


# Partitions by region.
PARTITIONS = _read_partitions()


def default_zones(region: str) -> tuple[str, ...]:
    """Return the default zones of a new network: the region's first two, or none if they are unknown."""
    return REGIONS.get(region, ())[:2]
