"""The scripts in steps/, with the steps and images in which they run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlproject.definition.document import Definition
from mlproject.definition.graph import job_arguments, steps_of
from mlproject.definition.images.aws_images import ImageRuntime, image_runtime
from mlproject.definition.images.step_images import model_containers, step_images
from mlproject.definition.placeholders import asset_placeholders, used_placeholders

# Variables of a container that serves a model with a script, and hyperparameters of one that trains it.
_PROGRAM, _DIRECTORY = "sagemaker_program", "sagemaker_submit_directory"


@dataclass(frozen=True, kw_only=True)
class StepScript:
    """A script that a step runs.

    Args:
        step: the step's name.
        path: the script.
        image: the image in the definition, such as `${SageMakerRegistry}/sagemaker-xgboost:3.2-0`.
        runtime: the runtime of the image; None if unknown.
        program: the file that a container in script mode starts; None for other steps, or if known only at run time.
    """

    step: str
    path: Path
    image: str
    runtime: ImageRuntime | None
    program: str | None


def step_scripts(definition: Definition) -> tuple[StepScript, ...]:
    """Return the scripts that the steps run. A script that runs in two steps is listed twice."""
    scripts = {name: script for script in definition.scripts for name in asset_placeholders(script.name)}
    images = {image.step: image.value for image in step_images(definition.document)}
    result = []
    for step in steps_of(definition.document):
        arguments = job_arguments(step)
        used = used_placeholders(json.dumps(arguments)) & scripts.keys()
        image = images.get(step["Name"], {})
        program = next(iter(_submitted(arguments, _PROGRAM)), None)
        result += [
            StepScript(
                step=step["Name"],
                path=path,
                image=image if isinstance(image, str) else json.dumps(image),
                runtime=image_runtime(image) if isinstance(image, str) else None,
                program=program,
            )
            for path in sorted({scripts[name] for name in used})
        ]
    return tuple(result)


def submitted_directories(arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the locations of the archives that the containers of a step unpack, in script mode.

    Args:
        arguments: the arguments of the step's jobs, see `job_arguments`.
    """
    return tuple(_submitted(arguments, _DIRECTORY))


def submits_scripts(definition: Definition) -> bool:
    """Return whether the pipeline registers models with an inference script in S3."""
    registered = (job_arguments(step) for step in steps_of(definition.document) if step["Type"] == "RegisterModel")
    return any(uri.startswith("s3://") for arguments in registered for uri in submitted_directories(arguments))


def _submitted(arguments: Mapping[str, Any], name: str) -> Iterator[str]:
    values = [arguments.get("HyperParameters", {}).get(name)]
    values += [container.get("Environment", {}).get(name.upper()) for container in model_containers(arguments)]
    yield from (value for value in values if isinstance(value, str) and value)
