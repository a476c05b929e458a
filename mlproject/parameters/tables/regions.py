"""Regions that have SageMaker, and their zones: a committed table, so that reading parameters needs no botocore."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

TABLE = Path(__file__).with_name("regions.json")


def _read() -> Mapping[str, tuple[str, ...]]:
    return {
        region: tuple(region + letter for letter in letters)
        for region, letters in json.loads(TABLE.read_text())["regions"].items()
    }


# Region to zones; no zones where the source knows none, so that none is refused and none is assumed.
REGIONS = _read()


def default_zones(region: str) -> tuple[str, ...]:
    """The zones of a new network that names none: the region's first two, or nothing where the table has none."""
    return REGIONS.get(region, ())[:2]
