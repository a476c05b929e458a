"""The images of the containers in a step's arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.definition.document import Scalar
from mlproject.definition.graph import job_arguments, references, steps_of
from mlproject.definition.resolution import resolve

# Path of the image of a step's jobs in their arguments.
_JOB_IMAGES: Mapping[str, tuple[str, str]] = {
    "Processing": ("AppSpecification", "ImageUri"),
    "Training": ("AlgorithmSpecification", "TrainingImage"),
    "Tuning": ("AlgorithmSpecification", "TrainingImage"),
}
IMAGE_ARGUMENTS = frozenset({"ImageUri", "TrainingImage", "Image"})
# Configurations of a container whose image may be in a private registry outside ECR:
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrainingImageConfig.html and API_ImageConfig.html
_REGISTRY_CONFIGURATIONS = ("TrainingImageConfig", "ImageConfig")
_PARAMETER = "Parameters."


@dataclass(frozen=True, kw_only=True)
class StepImage:
    """The image of a container in a step's arguments.

    Args:
        step: the step's name.
        argument: its key, such as `TrainingImage`.
        value: a string, possibly with placeholders, or a reference.
        in_vpc: whether its registry is one in the VPC instead of ECR.
    """

    step: str
    argument: str
    value: Any
    in_vpc: bool = False

    @property
    def parameters(self) -> frozenset[str]:
        """Names of the pipeline parameters that the value refers to."""
        return frozenset(
            name.removeprefix(_PARAMETER) for name in references(self.value) if name.startswith(_PARAMETER)
        )

    def text(self, parameters: Mapping[str, Scalar]) -> str | None:
        """Return the image with the values of parameters; None if only a run knows it."""
        known = all(name.removeprefix(_PARAMETER) in parameters for name in references(self.value))
        text = resolve(self.value, parameters) if known else None
        return text if isinstance(text, str) else None


def job_image(job_type: str, arguments: Mapping[str, Any]) -> Any:
    """Return the image of a job with a script of its own; None for other steps.

    Args:
        job_type: type of the step; `Training` also for the jobs of a Tuning step.
        arguments: the arguments of the step's jobs, see `job_arguments`.
    """
    section, key = _JOB_IMAGES.get(job_type, ("", ""))
    specification = arguments.get(section)
    return specification.get(key) if isinstance(specification, Mapping) else None


def model_containers(arguments: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the containers in the arguments of a Model or RegisterModel step; empty for other steps."""
    package = arguments.get("InferenceSpecification", {})
    primary = [arguments["PrimaryContainer"]] if "PrimaryContainer" in arguments else []
    return (*primary, *arguments.get("Containers", ()), *package.get("Containers", ()))


def step_images(document: Mapping[str, Any]) -> Iterator[StepImage]:
    """Yield the images of all steps.

    Args:
        document: a definition, with placeholders or filled.
    """
    for step in steps_of(document):
        arguments = job_arguments(step)
        section, key = _JOB_IMAGES.get(step["Type"], ("", ""))
        containers = [(arguments.get(section), key), *((each, "Image") for each in model_containers(arguments))]
        for container, argument in containers:
            if isinstance(container, Mapping) and container.get(argument) is not None:
                yield StepImage(
                    step=step["Name"], argument=argument, value=container[argument], in_vpc=_is_in_vpc(container)
                )


def _is_in_vpc(container: Mapping[str, Any]) -> bool:
    return any("Vpc" in (container.get(name) or {}).values() for name in _REGISTRY_CONFIGURATIONS)
