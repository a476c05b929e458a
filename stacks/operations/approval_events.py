"""The event of an approved model, with the command that promotes it."""

from __future__ import annotations

from typing import Any

from mlproject.parameters import Deployment
from stacks.operations.failure_events import EventMessage

_SOURCE = "aws.sagemaker"
_DETAIL_TYPE = "SageMaker Model Package State Change"


def approval_events(deployment: Deployment) -> list[EventMessage]:
    """Return the event of an approved model, if the models of a deployment are promoted.

    The message contains the commands, which EventBridge cannot run:
    https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html

    Args:
        deployment: the project in an environment.
    """
    if not deployment.promoted_to:
        return []
    project, environment = deployment.project, deployment.environment.name
    return [
        EventMessage(
            name="ModelApproved",
            description=f"A model of {project} in {environment} was approved",
            source=_SOURCE,
            detail_type=_DETAIL_TYPE,
            detail=_detail(deployment),
            paths={"version": "$.detail.ModelPackageVersion", "time": "$.time"},
            message=[
                f"Model <version> of {project} in {environment} was approved at <time>.",
                "To promote it, with credentials of the account that receives it:",
                *(
                    f"mlproject promote {project} --from {environment} --to {target.name} --model <version>"
                    for target in deployment.promoted_to
                ),
            ],
            unsent_runbook="model-approval-unsent",
        )
    ]


def approval_pattern(deployment: Deployment) -> dict[str, Any]:
    """Return the pattern of the event of an approved model of a deployment."""
    return {"source": [_SOURCE], "detail-type": [_DETAIL_TYPE], "detail": _detail(deployment)}


def _detail(deployment: Deployment) -> dict[str, Any]:
    return {
        "ModelPackageGroupName": [deployment.names.model_package_group],
        "ModelApprovalStatus": ["Approved"],
    }
