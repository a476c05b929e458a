"""Permissions of the role with which EventBridge starts the pipeline that promotes an approved model."""

from __future__ import annotations

from mlproject.aws_rules.grants import Grant
from mlproject.parameters import Deployment

ROLE = "approval"


def approval_grants(deployment: Deployment, *, partition: str) -> list[Grant]:
    """Return the grants of the rule's role.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html

    Args:
        deployment: the project in the environment where models are approved.
        partition: such as `aws`.
    """
    names = deployment.names
    place = f"arn:{partition}:events:{names.region}:{names.account}"
    return [
        Grant(
            sid="StartGitLabPipeline",
            actions=["events:InvokeApiDestination"],
            resources=[f"{place}:api-destination/{names.gitlab_connection}/*"],
            reason="the rule calls only this API destination; AWS adds an id to its name",
        )
    ]
