"""SageMaker's API as botocore's model describes it: which request a step makes, and what may stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

# Which call a step makes, and the name that the service adds to it.
OPERATIONS: Mapping[str, tuple[str, str | None]] = {
    "Processing": ("CreateProcessingJob", "ProcessingJobName"),
    "Training": ("CreateTrainingJob", "TrainingJobName"),
    "Transform": ("CreateTransformJob", "TransformJobName"),
    "Model": ("CreateModel", "ModelName"),
    "RegisterModel": ("CreateModelPackage", None),
    "Tuning": ("CreateHyperParameterTuningJob", "HyperParameterTuningJobName"),
}


def input_shape(step_type: str) -> Any | None:
    """botocore's shape of a step's arguments; None for a step that makes no request, such as a condition."""
    if step_type not in OPERATIONS:
        return None
    return service_model().operation_model(OPERATIONS[step_type][0]).input_shape


@cache
def service_model() -> Any:
    import botocore.session  # slow; whoever only reads a definition does not wait for it

    return botocore.session.get_session().get_service_model("sagemaker")


def validator() -> Any:
    from botocore.validate import ParamValidator  # as above

    return ParamValidator()


@cache
def step_types() -> tuple[str, ...]:
    """The types that a pipeline's execution can report: `TrainingJob` there is `Training` in a definition."""
    members = service_model().shape_for("PipelineExecutionStepMetadata").members
    return tuple(sorted(name.removesuffix("Job") for name in members))
