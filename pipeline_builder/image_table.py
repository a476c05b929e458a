"""Print the SageMaker SDK's table of AWS images by region. Requires the SDK, but no network."""

from __future__ import annotations

import json
from typing import Any

from pipeline_builder.sdk_settings import BUILD_REGION  # before the SDK, which it isolates

# isort: split
from sagemaker.core import image_uris

XGBOOST = ("xgboost", "3.2-0")
SKLEARN = ("sklearn", "1.9-0")


def _retrieve(framework: str, version: str, region: str) -> str:
    return str(
        image_uris.retrieve(
            framework=framework, version=version, region=region, py_version="py3", instance_type="ml.m5.large"
        )
    )


def build_table() -> dict[str, Any]:
    """Return repository and tag of both images, and account and domain of every region that has both."""
    entries = {}
    for framework, version in (XGBOOST, SKLEARN):
        config = image_uris.config_for_framework(framework)
        entries[framework] = config.get("training", config)["versions"][version]["registries"]
    regions = {}
    for region in sorted(entries["xgboost"].keys() & entries["sklearn"].keys()):
        owners = {_retrieve(*image, region).partition("/")[0] for image in (XGBOOST, SKLEARN)}
        if len(owners) != 1:
            raise ValueError(f"{region}: the images have several owners, {sorted(owners)}, instead of one")
        account, _, suffix = owners.pop().partition(f".dkr.ecr.{region}.")
        regions[region] = {"account": account, "suffix": suffix}
    return {
        "xgboost": _retrieve(*XGBOOST, BUILD_REGION).partition("/")[2],
        "sklearn": _retrieve(*SKLEARN, BUILD_REGION).partition("/")[2],
        "regions": regions,
    }


if __name__ == "__main__":
    print(json.dumps(build_table()))
