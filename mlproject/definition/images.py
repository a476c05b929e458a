"""AWS's images for the steps by region, from a table that `mlproject pipeline build` generates with the SDK."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mlproject.definition.placeholders import name_hint
from mlproject.errors import UserError

TABLE = Path(__file__).with_name("images.json")


@dataclass(frozen=True, kw_only=True)
class Images:
    """The images of one region.

    Args:
        xgboost: the URI of the XGBoost container.
        sklearn: the URI of the scikit-learn container.
        account: the AWS account that owns both repositories, for the permission to pull.
        suffix: the domain, such as `amazonaws.com`.
        repositories: names of the repositories, for the same permission.
    """

    xgboost: str
    sklearn: str
    account: str
    suffix: str
    repositories: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ImageRuntime:
    """The Python environment of a step's script in an image.

    Args:
        image: repository and tag, as in images.json.
        python: the version of the Python that runs the script, such as `3.10`.
        lacks: distributions that a pipeline's image.txt may list but this image does not contain.
    """

    image: str
    python: str
    lacks: frozenset[str] = frozenset()


# The newest Dockerfiles that AWS has published set PYTHON_VERSION=3.10:
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
    """Return the runtime of a step's image; None for an image that is not in the table.

    Args:
        image: the image in the definition, such as `${XgboostImage}`.

    Raises:
        UserError: the table contains a newer image, whose Python version is not recorded yet.
    """
    if image not in _PLACEHOLDERS:
        return None
    name = _table()[_PLACEHOLDERS[image]]
    if name not in _RUNTIMES:
        file = Path(__file__).name
        raise UserError(f"{TABLE}: the Python version of image {name} is unknown. Add it, with its source, to {file}.")
    return _RUNTIMES[name]


def region_images(region: str) -> Images:
    """Return the images of a region.

    Raises:
        UserError: the SDK lists no images for the region.
    """
    table = _table()
    entry = table["regions"].get(region)
    if not entry:
        raise UserError(f"region {region}: AWS publishes no XGBoost image there. {name_hint(region, table['regions'])}")
    registry = f"{entry['account']}.dkr.ecr.{region}.{entry['suffix']}"
    return Images(
        xgboost=f"{registry}/{table['xgboost']}",
        sklearn=f"{registry}/{table['sklearn']}",
        account=entry["account"],
        suffix=entry["suffix"],
        repositories=tuple(table[name].partition(":")[0] for name in ("xgboost", "sklearn")),
    )


def image_regions() -> tuple[str, ...]:
    """Return the regions that have the images, sorted."""
    return tuple(sorted(_table()["regions"]))


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(TABLE.read_text())
    return table
