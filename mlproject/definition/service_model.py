"""The requests that steps send to SageMaker, as described by botocore's model."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

# The API operation of each step type, and the name argument that Pipelines adds to the request.
OPERATIONS: Mapping[str, tuple[str, str | None]] = {
    "Processing": ("CreateProcessingJob", "ProcessingJobName"),
    "Training": ("CreateTrainingJob", "TrainingJobName"),
    "Transform": ("CreateTransformJob", "TransformJobName"),
    "Model": ("CreateModel", "ModelName"),
    "RegisterModel": ("CreateModelPackage", None),
    "Tuning": ("CreateHyperParameterTuningJob", "HyperParameterTuningJobName"),
    "QualityCheck": ("CreateProcessingJob", "ProcessingJobName"),
    "ClarifyCheck": ("CreateProcessingJob", "ProcessingJobName"),
    "AutoML": ("CreateAutoMLJob", "AutoMLJobName"),
}


def input_shape(step_type: str) -> Any | None:
    """Return botocore's shape of a step's arguments; None for a step that sends no request, such as a condition."""
    if step_type not in OPERATIONS:
        return None
    return service_model().operation_model(OPERATIONS[step_type][0]).input_shape


@cache
def service_model() -> Any:
    # Slow, and not needed to read a definition. A session would import botocore's clients as well.
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model("sagemaker", "service-2"), "sagemaker")


def validator() -> Any:
    from botocore.validate import ParamValidator  # as above

    return ParamValidator()


@cache
def step_types() -> tuple[str, ...]:
    """Return all step types. The model contains their names in an execution, such as `TrainingJob` for `Training`."""
    members = service_model().shape_for("PipelineExecutionStepMetadata").members
    return tuple(sorted(name.removesuffix("Job") or name for name in members))
