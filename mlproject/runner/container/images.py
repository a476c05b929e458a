"""Which container images stand for the Python of this machine, by the name of their repository.

Names: https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping
from typing import Any

# repository -> the module that the image is for; the local Python must have it, or the scripts cannot run
IMAGES: Mapping[str, str | None] = {
    "sagemaker-xgboost": "xgboost",
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


def refusal(image: Any) -> str | None:
    """Why this machine cannot stand for an image, or None when it can.

    Args:
        image: the URI; a reference that only the run resolves is refused.
    """
    if not isinstance(image, str):
        return "its image is not known before the run; give it as a text or a pipeline parameter"
    name = repository(image)
    if name not in IMAGES:
        return f"image {name!r} is unknown here; the local Python stands for {', '.join(IMAGES)}"
    module = IMAGES[name]
    if module and importlib.util.find_spec(module) is None:
        return f"image {name!r} needs the Python package {module!r}, which is not installed here"
    return None
