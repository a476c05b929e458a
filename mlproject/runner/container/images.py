"""The container images that this machine's Python can replace, by repository name.

Names: https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping
from typing import Any

from mlproject.definition.scripts.distributions import distribution_of
from mlproject.runner.container.interpreters import container_name, option_name, own_interpreter

# The module that the scripts of an image need, by repository. It must be installed in the local Python.
IMAGES: Mapping[str, str | None] = {
    "sagemaker-xgboost": "xgboost",
    "xgboost": "xgboost",
    "sagemaker-scikit-learn": "sklearn",
    "sagemaker-base-python": None,
    "sagemaker-distribution-prod": None,
    "python": None,
    "pytorch-training": "torch",
    "pytorch-inference": "torch",
    "tensorflow-training": "tensorflow",
    "tensorflow-inference": "tensorflow",
    "huggingface-pytorch-training": "transformers",
    "huggingface-pytorch-inference": "transformers",
}


def repository(image: str) -> str:
    """`683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0` -> `sagemaker-xgboost`."""
    return re.split(r"[:@]", image.rpartition("/")[2])[0]


def unsupported_reason(image: Any) -> str | None:
    """Return why an image is not supported here; None if it is.

    Args:
        image: the URI; a reference that only a run can resolve is not supported.
    """
    if not isinstance(image, str):
        return "its image is not known before the run. Set it as a string or a pipeline parameter"
    name, container = repository(image), container_name(image)
    if name not in IMAGES:
        return (
            f"image {container!r} is not supported; supported: {', '.join(IMAGES)}. To run its scripts with a Python "
            f"of yours that has the packages of the image, add --image {option_name(image)}=PYTHON"
        )
    module = IMAGES[name]
    if module and importlib.util.find_spec(module) is None:
        return (
            f"image {container!r} needs the Python package {module!r}, which is not installed here. Install it "
            f"({own_interpreter().install_command(distribution_of(module))}), or add --image {option_name(image)}="
            "PYTHON with a Python that has it"
        )
    return None
