"""Stop an EMR Serverless application before a deployment changes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlproject.cli.common.plan import Plan
    from mlproject.cli.common.session import Session
    from mlproject.parameters import Deployment

_APPLICATION = "AWS::EMRServerless::Application"


def stop_changed_application(plan: Plan, deployment: Deployment, session: Session) -> None:
    """Stop the project's application if the deployment changes or deletes it, which AWS refuses for a started one.

    The next job, or `mlproject application start`, starts it again.

    Args:
        plan: the changes of the deployment.
        deployment: the project in the environment.
        session: clients of the environment's account.

    Raises:
        UserError: jobs are running on the application.
    """
    from mlproject.cli.application import wait
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.emr_serverless import describe_application, stop_application

    if not any(_needs_stop(change) for stack in plan.stacks for change in stack.changes):
        return
    names = deployment.names
    with reporting_aws_errors(f"stopping the application of {names.prefix}, which the deployment changes"):
        status = describe_application(names, session.client)
        if status is None or status.is_stopped:
            return
        print(f"$ mlproject application stop {names.project} --environment {names.environment}")
        stop_application(session.client, status, wait=wait)


def _needs_stop(change: Mapping[str, Any]) -> bool:
    """Whether a change is of an existing application, and not only of its tags."""
    if change["ResourceType"] != _APPLICATION or change["Action"] == "Add":
        return False
    targets = [detail["Target"] for detail in change.get("Details", ())]
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceTargetDefinition.html
    return {target.get("Name") or target["Attribute"] for target in targets} != {"Tags"}
