"""AWS's images of Model Monitor and Clarify by region, from a table that `mlproject pipeline build` generates."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from mlproject.definition.placeholders import name_hint
from mlproject.errors import UserError

CHECK_TABLE = Path(__file__).with_name("check_images.json")
_FRAMEWORKS = {"ModelMonitorImage": "model-monitor", "ClarifyImage": "clarify"}


def check_image_values(region: str, used: Iterable[str]) -> dict[str, str]:
    """Return the values of the placeholders of these images that a definition uses.

    Args:
        region: region of the pipeline.
        used: the placeholders that the definition uses.

    Raises:
        UserError: the SDK lists no such image for the region.
    """
    found = {}
    for placeholder in sorted(_FRAMEWORKS.keys() & set(used)):
        regions = _table()[_FRAMEWORKS[placeholder]]
        if region not in regions:
            raise UserError(
                f"region {region}: AWS publishes no {_FRAMEWORKS[placeholder]} image there, which a check of the "
                f"pipeline uses. {name_hint(region, regions)}"
            )
        found[placeholder] = regions[region]
    return found


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    table: Mapping[str, Mapping[str, str]] = json.loads(CHECK_TABLE.read_text())
    return table
