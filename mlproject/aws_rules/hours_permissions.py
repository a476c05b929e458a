"""Permissions of the role that starts and stops the notebooks with hours."""

from __future__ import annotations

from mlproject.aws_rules.grants import Grant
from mlproject.aws_rules.notebook_permissions import START_ACTIONS, START_CONDITION, START_DESCRIBE_ACTIONS
from mlproject.aws_rules.notebook_resources import start_resources
from mlproject.parameters import Deployment

START_AND_STOP = ("sagemaker:StartNotebookInstance", "sagemaker:StopNotebookInstance")


def hours_grants(
    deployment: Deployment, *, partition: str, key_arn: str, security_group_id: str, subnet_id: str
) -> list[Grant]:
    """Return the grants of the role of the schedules; none if no notebook has hours.

    SageMaker attaches role, volume and network interface with the permissions of the principal that starts a notebook:
    https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html

    Args:
        deployment: the project in an environment.
        partition: such as `aws`.
        key_arn: ARN of the project's key.
        security_group_id: security group of the notebooks.
        subnet_id: subnet of the notebooks.
    """
    names, environment = deployment.names, deployment.environment
    notebooks = [notebook for notebook in deployment.notebooks if notebook.hours]
    if not notebooks:
        return []
    sagemaker = f"arn:{partition}:sagemaker:{environment.region}:{environment.account}"
    secrets = {each.repository.secret_arn for each in notebooks if each.repository and each.repository.secret_arn}
    resources = start_resources(
        deployment,
        partition=partition,
        key_arn=key_arn,
        security_group_id=security_group_id,
        subnet_id=subnet_id,
        git_secrets=sorted(secrets),
    )
    return [
        Grant(
            sid="StartAndStop",
            actions=START_AND_STOP,
            resources=[f"{sagemaker}:notebook-instance/{names.notebook(each.name)}" for each in notebooks],
            reason="the schedules start and stop only the notebooks with hours",
        ),
        Grant(
            sid="AttachResources",
            actions=[action for kind in resources for action in START_ACTIONS[kind]],
            resources=[arn for arns in resources.values() for arn in arns],
            condition=START_CONDITION,
            reason="SageMaker attaches role, volume and network interface with the permissions of the schedule that "
            "starts a notebook. The id of the interface is not known in advance",
        ),
        Grant(
            sid="DescribeNetwork",
            actions=START_DESCRIBE_ACTIONS,
            resources=["*"],
            reason="SageMaker describes the network with the permissions of the schedule that starts a notebook. "
            "These actions have no resource-level permissions",
        ),
    ]


def every_hours_action() -> list[tuple[str, ...]]:
    """Return all actions that the role can have."""
    return [START_AND_STOP, *START_ACTIONS.values(), START_DESCRIBE_ACTIONS]
