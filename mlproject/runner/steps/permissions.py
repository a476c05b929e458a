"""Check the permissions for the calls that SageMaker itself makes on AWS, which nothing makes here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlproject.runner.embedded.denials import format_denials
from mlproject.runner.plan import Node
from mlproject.runner.services import StepServices
from mlproject.runner.steps.outcome import StepFailedError
from mlproject.runner.steps.run_context import RunContext


def check_permissions(
    context: RunContext,
    services: StepServices,
    node: Node,
    arguments: Mapping[str, Any],
    *,
    name: str,
    objects: Sequence[str] = (),
    model: Mapping[str, Any] | None = None,
) -> None:
    """Check that AWS would start a step.

    Args:
        context: the run.
        services: the services of the step.
        node: the step.
        arguments: its resolved arguments.
        name: the name of its job or model; empty for a step without one.
        objects: URIs of objects that it reads.
        model: the model of a Transform step.

    Raises:
        StepFailedError: AWS would deny one of the calls.
    """
    lacking = services.missing_permissions(
        node.type,
        arguments,
        name=name,
        sagemaker=context.sagemaker,
        pipeline_role=context.role_arn,
        objects=objects,
        property_files=node.step.get("PropertyFiles", ()),
        model=model,
    )
    if lacking:
        raise StepFailedError(f"AWS would deny it:{format_denials(lacking)}")
