"""The inputs of a training script as in AWS's training toolkit: arguments, `SM_*` variables, configuration files.

Source: https://github.com/aws/sagemaker-training-toolkit/blob/master/ENVIRONMENT_VARIABLES.md
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlproject.runner.container.isolation import BASE
from mlproject.runner.steps.job import HOST

PROGRAM = "sagemaker_program"
SUBMIT_DIRECTORY = "sagemaker_submit_directory"
_OWN_PREFIX = "sagemaker_"  # hyperparameters of the toolkit, which are not passed to the script


def decode_hyperparameters(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Decode hyperparameters as the toolkit does: as JSON if possible (`"0.1"`, `"\\"train.py\\""`)."""
    return {name: _decoded(value) for name, value in hyperparameters.items()}


def _decoded(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


def arguments(hyperparameters: Mapping[str, Any]) -> list[str]:
    """Return the script's arguments: `--name value`, sorted; `-n value` for one-letter names."""
    found: list[str] = []
    for name, value in sorted(_user(hyperparameters).items()):
        found += [f"--{name}" if len(name) > 1 else f"-{name}", _argument(value)]
    return found


def environment(
    hyperparameters: Mapping[str, Any], channels: Mapping[str, Any], resources: Mapping[str, Any]
) -> dict[str, str]:
    """Return the environment variables of a training script, with the paths of the container.

    Args:
        hyperparameters: decoded.
        channels: the content of inputdataconfig.json.
        resources: the content of resourceconfig.json.
    """
    user = _user(hyperparameters)
    program = str(hyperparameters.get(PROGRAM, ""))
    found: dict[str, Any] = {
        "SM_MODEL_DIR": f"{BASE}/model",
        "SM_INPUT_DIR": f"{BASE}/input",
        "SM_INPUT_CONFIG_DIR": f"{BASE}/input/config",
        "SM_OUTPUT_DIR": f"{BASE}/output",
        "SM_OUTPUT_DATA_DIR": f"{BASE}/output/data",
        "SM_OUTPUT_INTERMEDIATE_DIR": f"{BASE}/output/intermediate",
        "SM_MODULE_DIR": str(hyperparameters.get(SUBMIT_DIRECTORY, f"{BASE}/code")),
        "SM_MODULE_NAME": program.removesuffix(".py"),
        "SM_USER_ENTRY_POINT": program,
        "SM_USER_ARGS": arguments(hyperparameters),
        "SM_CHANNELS": sorted(channels),
        "SM_HPS": user,
        "SM_HOSTS": [HOST],
        "SM_CURRENT_HOST": HOST,
        "SM_CURRENT_INSTANCE_TYPE": resources["current_instance_type"],
        "SM_CURRENT_INSTANCE_GROUP": resources["current_group_name"],
        "SM_NETWORK_INTERFACE_NAME": resources["network_interface_name"],
        "SM_RESOURCE_CONFIG": resources,
        "SM_INPUT_DATA_CONFIG": channels,
        "SM_NUM_CPUS": os.cpu_count() or 1,
        "SM_NUM_GPUS": 0,
        "SM_NUM_NEURONS": 0,
        "SM_LOG_LEVEL": 20,
        "PYTHONPATH": f"{BASE}/code",
        **{f"SM_CHANNEL_{name.upper()}": f"{BASE}/input/data/{name}" for name in channels},
        **{f"SM_HP_{name.upper()}": value for name, value in user.items()},
    }
    return {name: value if isinstance(value, str) else _compact(value) for name, value in found.items()}


def channel_config(channels: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the content of inputdataconfig.json: the configuration of each channel."""
    return {
        channel["ChannelName"]: {
            **({"ContentType": channel["ContentType"]} if channel.get("ContentType") else {}),
            "TrainingInputMode": "File",
            "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                "S3DataDistributionType", "FullyReplicated"
            ),
            "RecordWrapperType": "None",
        }
        for channel in channels
    }


def metrics(definitions: Sequence[Mapping[str, Any]], log: Path) -> list[dict[str, Any]]:
    """Return the last value of each metric in a training log.

    Args:
        definitions: `MetricDefinitions`, each with a name and a regular expression with one group.
        log: the output of the script.
    """
    text = log.read_text(errors="replace")
    found = ((metric["Name"], re.findall(metric["Regex"], text)) for metric in definitions)
    return [{"MetricName": name, "Value": float(values[-1])} for name, values in found if values]


def _user(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in hyperparameters.items() if not name.startswith(_OWN_PREFIX)}


def _argument(value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{key}={item}" for key, item in sorted(value.items()))
    return "" if value is None else str(value)


def _compact(value: Any) -> str:
    return "" if value is None else json.dumps(value, sort_keys=True, separators=(",", ":"))
