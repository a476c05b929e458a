"""Which script of steps/ runs in which step, and in which image."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlproject.definition.document import Definition
from mlproject.definition.graph import own_arguments, steps_of
from mlproject.definition.images import ImageRuntime, image_runtime
from mlproject.definition.placeholders import asset_placeholders, used_placeholders

# Where a step's arguments name the image that runs a script.
_IMAGES: Mapping[str, tuple[str, str]] = {
    "Processing": ("AppSpecification", "ImageUri"),
    "Training": ("AlgorithmSpecification", "TrainingImage"),
}


@dataclass(frozen=True, kw_only=True)
class StepScript:
    """A script as a step runs it.

    Args:
        step: the step's name.
        path: the script.
        image: what the definition says, such as `${XgboostImage}`.
        runtime: what the script finds there; None if nobody knows.
        program: the file that a container in script mode starts; None for other steps, and where only the run knows.
    """

    step: str
    path: Path
    image: str
    runtime: ImageRuntime | None
    program: str | None


def step_scripts(definition: Definition) -> tuple[StepScript, ...]:
    """Every script that a step runs; one that runs in two steps is there twice.

    Raises:
        UserError: the Python of one of AWS's images is not known.
    """
    scripts = {name: script for script in definition.scripts for name in asset_placeholders(script.name)}
    found = []
    for step in steps_of(definition.document):
        arguments = own_arguments(step)
        used = used_placeholders(json.dumps(arguments)) & scripts.keys()
        image = _image(step["Type"], arguments)
        program = arguments.get("HyperParameters", {}).get("sagemaker_program")
        found += [
            StepScript(
                step=step["Name"],
                path=path,
                image=image,
                runtime=image_runtime(image),
                program=program if isinstance(program, str) else None,
            )
            for path in sorted({scripts[name] for name in used})
        ]
    return tuple(found)


def _image(step_type: str, arguments: Mapping[str, Any]) -> str:
    found: Any = arguments
    for key in _IMAGES.get(step_type, ()):
        found = found.get(key, {}) if isinstance(found, Mapping) else {}
    return found if isinstance(found, str) else json.dumps(found)
