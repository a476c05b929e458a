"""AWS's containers for machine learning frameworks, from the tables of the SageMaker SDK. Requires no network."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from itertools import zip_longest
from typing import Any

from pipeline_builder.sdk_settings import BUILD_REGION  # before the SDK, which it isolates

# isort: split
from sagemaker.core import image_uris

FRAMEWORKS = ("huggingface", "pytorch", "sklearn", "tensorflow", "xgboost")
# Images for training also run processing jobs, as the SDK's FrameworkProcessor does.
SCOPES = {"training": "training", "processing": "training", "inference": "inference"}
# The placeholder of each registry, by AWS's account in the region of the build. In every region, another account owns
# the registry: https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
REGISTRIES = {
    "141502667606": "SageMakerRegistry",
    "763104351884": "DeepLearningContainersRegistry",
    "685385470294": "BuiltInAlgorithmsRegistry",
    "520713654638": "SageMakerFrameworksRegistry",
}
LISTED = 12
_INSTANCE_TYPE = re.compile(r"ml\.([a-z]+\d+[a-z-]*\d*[a-z]*)\.\w+")
# Inferentia, Trainium and Graviton, whose containers are others.
_OTHER_PROCESSORS = re.compile(r"inf|trn|[a-z]+\d+g")


class ImageError(ValueError):
    """AWS publishes no image for these arguments."""


def aws_image(
    framework: str,
    *,
    version: str,
    scope: str = "training",
    instance_type: str = "ml.m5.large",
    py_version: str | None = None,
    base_framework_version: str | None = None,
) -> str:
    """Return the image of a container of AWS, such as `${DeepLearningContainersRegistry}/pytorch-training:2.5.1-...`.

    A deployment replaces the placeholder with the registry of its region.

    Args:
        framework: xgboost, sklearn, pytorch, tensorflow or huggingface.
        version: version of the framework, of AWS's container for sklearn and xgboost (`1.7-1`), or of transformers.
        scope: training, processing or inference.
        instance_type: selects the image for CPUs or for NVIDIA GPUs.
        py_version: such as `py311`, if AWS publishes several.
        base_framework_version: for huggingface, such as `pytorch2.5.1`.

    Raises:
        ImageError: AWS publishes no such image; the message lists the existing ones.
    """
    call = f"aws_image({framework!r}, version={version!r})"
    _require(call, "framework", framework, FRAMEWORKS)
    _require(call, "scope", scope, SCOPES)
    config = image_uris.config_for_framework(framework)[SCOPES[scope]]
    version, entry = _choose(call, "version", version, config["versions"], config)
    if "repository" not in entry and framework == "huggingface":
        base_framework_version, entry = _choose(call, "base_framework_version", base_framework_version, entry, entry)
    elif base_framework_version is not None:
        raise ImageError(f"{call}: only huggingface has a base_framework_version. Remove it.")
    py_version = _python(call, py_version, entry)
    _check_processor(call, instance_type, config.get("processors") or entry.get("processors") or ())
    try:
        uri = image_uris.retrieve(
            framework=framework,
            region=BUILD_REGION,
            version=version,
            image_scope=SCOPES[scope],
            instance_type=instance_type,
            py_version=py_version,
            base_framework_version=base_framework_version,
        )
    except ValueError as error:
        raise ImageError(f"{call}: {error}") from error
    host, _, image = uri.partition("/")
    return f"${{{REGISTRIES[host.partition('.')[0]]}}}/{image}"


def closest(value: str, options: Iterable[str]) -> list[str]:
    """Return versions sorted by their distance to a version, the closest first."""

    def distance(option: str) -> tuple[bool, list[int]]:
        pairs = zip_longest(_numbers(value), _numbers(option), fillvalue=0)
        return _letters(value) != _letters(option), [abs(left - right) for left, right in pairs]

    return sorted(options, key=distance) if _numbers(value) else list(options)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def _letters(version: str) -> str:
    return re.sub(r"[^a-z]", "", version)


def _require(call: str, name: str, value: str, allowed: Collection[str]) -> None:
    if value not in allowed:
        near = get_close_matches(str(value), allowed, n=1, cutoff=0.4)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise ImageError(f"{call}: {name} {value!r} is unknown. {hint}Allowed: {', '.join(sorted(allowed))}.")


def _choose(call: str, name: str, value: str | None, versions: Any, config: Any) -> tuple[str, Any]:
    """Return the full version for a version or its short form, and its entry in the SDK's table."""
    # The SDK's alias `latest` of XGBoost is its oldest container.
    aliases = {alias: full for alias, full in config.get("version_aliases", {}).items() if alias != "latest"}
    full = aliases.get(value, value) if value else None
    names = [version for version in versions if version != "version_aliases"]
    if full is not None and full in names:
        return full, versions[full]
    listed = closest(str(value or ""), sorted(names, key=_numbers, reverse=True))
    more = f" and {len(listed) - LISTED} more" if len(listed) > LISTED else ""
    problem = "is missing" if value is None else f"{value!r} does not exist"
    order = "Allowed" if value is None else "Allowed, closest first"
    raise ImageError(f"{call}: {name} {problem}. {order}: {', '.join(listed[:LISTED])}{more}.")


def _python(call: str, py_version: str | None, entry: Any) -> str | None:
    """Return the version of Python to ask the SDK for; None if the images have no such option."""
    available = entry.get("py_versions") if "repository" in entry else list(entry)
    if not available:
        if py_version is not None:
            raise ImageError(f"{call}: AWS publishes this image with one Python only. Remove py_version.")
        return None
    if py_version is None and len(available) == 1:
        return str(available[0])
    if py_version not in available:
        problem = "py_version is missing" if py_version is None else f"py_version {py_version!r} does not exist"
        raise ImageError(f"{call}: {problem}. Allowed: {', '.join(available)}.")
    return py_version


def _check_processor(call: str, instance_type: str, processors: Collection[str]) -> None:
    match = _INSTANCE_TYPE.fullmatch(instance_type)
    if not match:
        raise ImageError(f"{call}: instance_type {instance_type!r} is not valid. Allowed: such as ml.m5.large.")
    family = match[1]
    if _OTHER_PROCESSORS.match(family):
        raise ImageError(
            f"{call}: instance_type {instance_type!r} is neither an x86 CPU nor an NVIDIA GPU. Build an image of your "
            "own for it, and use a pipeline parameter."
        )
    processor = "gpu" if family[0] in "gp" else "cpu"
    if processors and processor not in processors:
        example = "ml.g5.xlarge" if "gpu" in processors else "ml.m5.large"
        raise ImageError(
            f"{call}: AWS publishes this image only for {' and '.join(processors)}, but {instance_type} has a "
            f"{processor}. Set instance_type, such as {example}."
        )
