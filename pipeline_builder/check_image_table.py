"""Print the SageMaker SDK's table of the images of Model Monitor and Clarify by region. Requires no network."""

from __future__ import annotations

import json

from pipeline_builder.sdk_settings import BUILD_REGION  # before the SDK, which it isolates

# isort: split
from sagemaker.core import image_uris

# The frameworks of the SDK that QualityCheck and ClarifyCheck steps use, with the version in the tag.
MODEL_MONITOR = ("model-monitor", "")
CLARIFY = ("clarify", "1.0")


def check_image(framework: str, version: str, region: str = BUILD_REGION) -> str:
    """Return the URI of an image, which the SDK writes into a definition."""
    return str(image_uris.retrieve(framework=framework, region=region, version=version or None))


def build_table() -> dict[str, dict[str, str]]:
    """Return the URI of each image by region."""
    table: dict[str, dict[str, str]] = {}
    for framework, version in (MODEL_MONITOR, CLARIFY):
        config = image_uris.config_for_framework(framework)
        registries = config.get("processing", config)["versions"][version]["registries"]
        table[framework] = {region: check_image(framework, version, region) for region in sorted(registries)}
    return table


if __name__ == "__main__":
    print(json.dumps(build_table()))
