"""Training with the built-in XGBoost algorithm: a Training step with AWS's XGBoost image and without a script.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import mlproject
from mlproject.errors import UserError
from mlproject.runner.container import images, script_mode
from mlproject.runner.references import as_text
from mlproject.xgboost_container.data_files import SUPPORTED_CONTENT_TYPES, data_format
from mlproject.xgboost_container.hyperparameters import hyperparameter_errors, with_original_names
from mlproject.xgboost_container.image import REPOSITORIES, ModelFormat, image_version, model_format

_CHANNELS = ("train", "validation")
# The processes of the container's modules import this package, which is not installed in every checkout.
PYTHONPATH = str(Path(mlproject.__file__).parents[1])
_METRIC = re.compile(r"#011([^\s:#]+?)-([^\s:#]+):([^\s#]+)")
# https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
_OTHER_ALGORITHMS = frozenset(
    {
        *("blazingtext", "factorization-machines", "forecasting-deepar", "image-classification", "ipinsights"),
        *("kmeans", "knn", "lda", "linear-learner", "ntm", "object-detection", "object2vec", "pca"),
        *("randomcutforest", "semantic-segmentation", "seq2seq"),
    }
)


def container_command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs a module of `mlproject.xgboost_container`; it needs PYTHONPATH."""
    return [sys.executable, "-P", "-m", f"mlproject.xgboost_container.{module}", *arguments]


def is_xgboost_algorithm(arguments: Mapping[str, Any]) -> bool:
    """Return whether a Training step uses the built-in XGBoost algorithm: its image, and no script."""
    algorithm = arguments["AlgorithmSpecification"]
    image = algorithm.get("TrainingImage")
    given = {script_mode.PROGRAM, script_mode.SUBMIT_DIRECTORY} & set(arguments.get("HyperParameters", {}))
    has_code = given or algorithm.get("ContainerEntrypoint")
    return isinstance(image, str) and images.repository(image) in REPOSITORIES and not has_code


def no_script_reason(image: str) -> str:
    """Return why a Training step without a script is not supported, for every image but XGBoost's."""
    if image in _OTHER_ALGORITHMS:
        return (
            f"image {image!r} is a built-in algorithm whose code exists only in that image; "
            "the only built-in algorithm that runs here is XGBoost"
        )
    return (
        f"image {image!r} has no script to run; supported: script mode (hyperparameters {script_mode.PROGRAM} and "
        f"{script_mode.SUBMIT_DIRECTORY}), ContainerEntrypoint, and the built-in XGBoost algorithm"
    )


def unsupported_reasons(arguments: Mapping[str, Any]) -> Iterator[str]:
    """Yield each reason why the container or this machine refuses the arguments of a Training step."""
    values = {
        name: None if isinstance(value, dict) else _as_string(value)
        for name, value in arguments.get("HyperParameters", {}).items()
    }
    yield from hyperparameter_errors(values, version=image_version(_image(arguments)))
    channels = {channel["ChannelName"]: channel for channel in arguments.get("InputDataConfig", [])}
    if "train" not in channels:
        yield "the XGBoost container requires a channel 'train'"
    for name in channels:
        if name not in _CHANNELS:
            yield f"the XGBoost container has no channel {name!r}; supported: {', '.join(_CHANNELS)}"
    content_type = channels.get("train", {}).get("ContentType")
    if isinstance(content_type, str) and data_format(content_type) is None:
        yield (
            f"channel 'train' has ContentType {content_type}, which the built-in XGBoost algorithm does not read here; "
            f"supported: {', '.join(SUPPORTED_CONTENT_TYPES)}"
        )


def training_command(arguments: Mapping[str, Any], *, base: str) -> list[str]:
    """Return the command that trains.

    Args:
        arguments: the step's resolved arguments.
        base: the path of /opt/ml for the process.

    Raises:
        UserError: a value that became known during the run is refused.
    """
    reasons = list(unsupported_reasons(arguments))
    if reasons:
        raise UserError(f"{'. '.join(reasons)}.", exit_code=1)
    hyperparameters = {name: _as_string(value) for name, value in arguments["HyperParameters"].items()}
    train = next(channel for channel in arguments["InputDataConfig"] if channel["ChannelName"] == "train")
    settings = {
        "hyperparameters": with_original_names(hyperparameters),
        "data_format": data_format(train.get("ContentType")),
        "model_format": written_format(arguments),
    }
    return container_command("train", json.dumps(settings), base)


def written_format(arguments: Mapping[str, Any]) -> ModelFormat:
    """Return the format of the model that the image of a Training step writes."""
    return model_format(image_version(_image(arguments)))


def final_metrics(log: Path) -> list[dict[str, Any]]:
    """Return the last value of each metric in the log, with AWS's names: `validation:rmse`."""
    found = {
        f"{channel}:{metric}": value for channel, metric, value in _METRIC.findall(log.read_text(errors="replace"))
    }
    return [{"MetricName": name, "Value": float(value)} for name, value in found.items()]


def _image(arguments: Mapping[str, Any]) -> str:
    return str(arguments["AlgorithmSpecification"]["TrainingImage"])


def _as_string(value: Any) -> str:
    """Return a hyperparameter as the container reads it: a JSON string without its quotes, other values as they are."""
    decoded = script_mode.decode_hyperparameters({"": value})[""]
    return decoded if isinstance(decoded, str) else as_text(value)
