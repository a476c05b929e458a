"""The version of an XGBoost image of AWS, and the format in which it writes models."""

from __future__ import annotations

import re
from typing import Literal

# The open-source container, and the repository of the older versions, whose code is not public.
REPOSITORIES = ("sagemaker-xgboost", "xgboost")
ModelFormat = Literal["pickle", "xgboost"]
Version = tuple[int, int]

# `xgboost:1` and `xgboost:latest` contain XGBoost 0.72:
# https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost-72.html
_OLD: Version = (0, 72)
# algorithm_mode/train.py calls pickle.dump in the tag v1.2-2 of the container and Booster.save_model in v1.3-1.
_FIRST_OWN_FORMAT: Version = (1, 3)


def image_version(image: str) -> Version | None:
    """Return the version of an image, such as (1, 7) for `.../sagemaker-xgboost:1.7-1`.

    Returns:
        None if the tag does not contain it, as in `...@sha256:...`; the newest version is assumed then.
    """
    repository, _, tag = image.rpartition("/")[2].partition(":")
    if repository == "xgboost":
        return _OLD
    match = re.match(r"(\d+)\.(\d+)", tag)
    return (int(match[1]), int(match[2])) if match else None


def model_format(version: Version | None) -> ModelFormat:
    """Return the format of the file `xgboost-model` that a version writes."""
    return "pickle" if version is not None and version < _FIRST_OWN_FORMAT else "xgboost"
