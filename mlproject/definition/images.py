"""AWS's images for the steps, region by region: a table that `mlproject pipeline build` writes from the SDK's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mlproject.definition.placeholders import nearest
from mlproject.errors import UserError

TABLE = Path(__file__).with_name("images.json")


@dataclass(frozen=True, kw_only=True)
class Images:
    """The images of one region.

    Args:
        xgboost: the URI of the XGBoost container.
        sklearn: the URI of the scikit-learn container.
        account: the account of AWS that owns both repositories, for the permission to pull.
        suffix: the domain, such as `amazonaws.com`.
        repositories: the repositories' names, for the same permission.
    """

    xgboost: str
    sklearn: str
    account: str
    suffix: str
    repositories: tuple[str, ...]


def images(region: str) -> Images:
    """The images of a region.

    Raises:
        UserError: AWS publishes none there, as far as the SDK knows.
    """
    table = _table()
    found = table["regions"].get(region)
    if not found:
        raise UserError(f"region {region}: AWS publishes no XGBoost image there; {nearest(region, table['regions'])}")
    registry = f"{found['account']}.dkr.ecr.{region}.{found['suffix']}"
    return Images(
        xgboost=f"{registry}/{table['xgboost']}",
        sklearn=f"{registry}/{table['sklearn']}",
        account=found["account"],
        suffix=found["suffix"],
        repositories=tuple(table[name].partition(":")[0] for name in ("xgboost", "sklearn")),
    )


def image_regions() -> tuple[str, ...]:
    """The regions that have the images, sorted."""
    return tuple(sorted(_table()["regions"]))


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(TABLE.read_text())
    return table
