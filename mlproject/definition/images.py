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


@dataclass(frozen=True, kw_only=True)
class ImageRuntime:
    """What a step's script finds in an image.

    Args:
        image: repository and tag, as in images.json.
        python: the version of the Python that runs the script, such as `3.10`.
        lacks: distributions that a pipeline's image.txt may list and this image does not have.
    """

    image: str
    python: str
    lacks: frozenset[str] = frozenset()


# The newest Dockerfiles that AWS has published set PYTHON_VERSION=3.10; nothing newer says otherwise:
# https://github.com/aws/sagemaker-xgboost-container/blob/master/docker/3.0-5/base/Dockerfile.cpu
# https://github.com/aws/sagemaker-scikit-learn-container/blob/master/docker/1.5-2/base/Dockerfile.cpu
_RUNTIMES = {
    runtime.image: runtime
    for runtime in (
        ImageRuntime(image="sagemaker-xgboost:3.2-0", python="3.10"),
        ImageRuntime(
            image="sagemaker-scikit-learn:1.9-0-cpu-py3", python="3.10", lacks=frozenset({"xgboost", "xgboost-cpu"})
        ),
    )
}
_PLACEHOLDERS = {"${XgboostImage}": "xgboost", "${SklearnImage}": "sklearn"}


def image_runtime(image: str) -> ImageRuntime | None:
    """What a script finds in a step's image; None for an image that is none of the table's.

    Args:
        image: what the definition says, such as `${XgboostImage}`.

    Raises:
        UserError: the table has a newer image, whose Python nobody has written down yet.
    """
    if image not in _PLACEHOLDERS:
        return None
    name = _table()[_PLACEHOLDERS[image]]
    if name not in _RUNTIMES:
        raise UserError(
            f"{TABLE}: the Python of the image {name} is not known; add it, with its source, to {Path(__file__).name}."
        )
    return _RUNTIMES[name]


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
