"""The scripts in steps/, with the steps and images in which they run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlproject.definition.document import Definition
from mlproject.definition.graph import job_arguments, steps_of
from mlproject.definition.images import ImageRuntime, image_runtime
from mlproject.definition.placeholders import asset_placeholders, used_placeholders

# Path of a step's image in its arguments.
_IMAGES: Mapping[str, tuple[str, str]] = {
    "Processing": ("AppSpecification", "ImageUri"),
    "Training": ("AlgorithmSpecification", "TrainingImage"),
    "Tuning": ("AlgorithmSpecification", "TrainingImage"),
}


@dataclass(frozen=True, kw_only=True)
class StepScript:
    """A script that a step runs.

    Args:
        step: the step's name.
        path: the script.
        image: the image in the definition, such as `${XgboostImage}`.
        runtime: the runtime of the image; None if unknown.
        program: the file that a container in script mode starts; None for other steps, or if known only at run time.
    """

    step: str
    path: Path
    image: str
    runtime: ImageRuntime | None
    program: str | None


def step_scripts(definition: Definition) -> tuple[StepScript, ...]:
    """Return the scripts that the steps run. A script that runs in two steps is listed twice.

    Raises:
        UserError: the Python version of one of AWS's images is unknown.
    """
    scripts = {name: script for script in definition.scripts for name in asset_placeholders(script.name)}
    result = []
    for step in steps_of(definition.document):
        arguments = job_arguments(step)
        used = used_placeholders(json.dumps(arguments)) & scripts.keys()
        image = _image(step["Type"], arguments)
        program = arguments.get("HyperParameters", {}).get("sagemaker_program")
        result += [
            StepScript(
                step=step["Name"],
                path=path,
                image=image,
                runtime=image_runtime(image),
                program=program if isinstance(program, str) else None,
            )
            for path in sorted({scripts[name] for name in used})
        ]
    return tuple(result)


def _image(step_type: str, arguments: Mapping[str, Any]) -> str:
    image: Any = arguments
    for key in _IMAGES.get(step_type, ()):
        image = image.get(key, {}) if isinstance(image, Mapping) else {}
    return image if isinstance(image, str) else json.dumps(image)
