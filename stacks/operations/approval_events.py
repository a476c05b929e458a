"""The event of an approved model, with the command that promotes it."""

from __future__ import annotations

from mlproject.parameters import Deployment
from stacks.operations.failure_events import EventMessage


def approval_events(deployment: Deployment) -> list[EventMessage]:
    """Return the event of an approved model, if the models of a deployment are promoted.

    The message contains the commands, since EventBridge cannot run them:
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
            source="aws.sagemaker",
            detail_type="SageMaker Model Package State Change",
            detail={
                "ModelPackageGroupName": [deployment.names.model_package_group],
                "ModelApprovalStatus": ["Approved"],
            },
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
