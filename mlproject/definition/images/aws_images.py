"""AWS's containers by region, from a table that `mlproject pipeline build` generates with the SageMaker SDK."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mlproject.definition.placeholders import name_hint
from mlproject.errors import UserError

TABLE = Path(__file__).with_name("images.json")
_AWS_IMAGE = re.compile(r"\$\{(?P<registry>\w+)\}/(?P<image>[^\s{}$]+)")


@dataclass(frozen=True, kw_only=True)
class ImageRuntime:
    """The Python environment of a step's script in an image.

    Args:
        image: repository and tag.
        python: the version of the Python that runs the script, such as `3.10`.
        lacks: distributions that a pipeline's image.txt may list but this image does not contain.
        is_listed: whether the pipeline's image.txt lists its packages.
    """

    image: str
    python: str
    lacks: frozenset[str] = frozenset()
    is_listed: bool = True


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


def image_runtime(image: str) -> ImageRuntime | None:
    """Return the runtime of a step's image; None if it is unknown.

    Args:
        image: the image in the definition, such as `${SageMakerRegistry}/sagemaker-xgboost:3.2-0`.
    """
    match = _AWS_IMAGE.fullmatch(image)
    return _RUNTIMES.get(match["image"]) if match else None


def registry_hosts(region: str) -> dict[str, str]:
    """Return the host of each of AWS's registries in a region, by its placeholder.

    Raises:
        UserError: AWS has none of them in the region.
    """
    hosts = {name: by_region[region] for name, by_region in _table()["registries"].items() if region in by_region}
    if not hosts:
        raise UserError(f"region {region}: AWS publishes no containers there. {name_hint(region, image_regions())}")
    return hosts


def image_regions() -> tuple[str, ...]:
    """Return the regions in which AWS publishes containers, sorted."""
    return tuple(sorted({region for hosts in _table()["registries"].values() for region in hosts}))


def published_images(region: str) -> dict[str, tuple[str, ...]]:
    """Return the images that AWS publishes in a region, by the placeholder of their registry.

    The tags are the first parts of the real ones: those for CPU and GPU start with `pytorch-training:2.5.1`.
    """
    found: dict[str, list[str]] = {}
    for group in _table()["published"]:
        if region in group["regions"]:
            found.setdefault(group["registry"], []).extend(group["images"])
    return {registry: tuple(sorted(set(images))) for registry, images in found.items()}


def unpublished_problem(image: str, region: str) -> str | None:
    """Return that AWS does not publish one of its images in a region, and the remedy, as a clause; None if it does.

    Args:
        image: the image in the definition. Images without a placeholder are not AWS's, and are skipped.
        region: such as `eu-west-1`.
    """
    match = _AWS_IMAGE.fullmatch(image)
    if match is None or _is_listed(match["image"], published_images(region).get(match["registry"], ())):
        return None
    repository = match["image"].partition(":")[0]
    others = [
        each.partition(":")[2]
        for each in published_images(region).get(match["registry"], ())
        if each.partition(":")[0] == repository
    ]
    remedy = f"Versions in {region}: {', '.join(others)}" if others else f"AWS has no {repository} in {region}"
    return f"AWS does not publish {match['image']} in {region}. {remedy}"


def _is_listed(image: str, published: tuple[str, ...]) -> bool:
    return any(image == each or image.startswith(f"{each}-") for each in published)


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = json.loads(TABLE.read_text())
    return table
