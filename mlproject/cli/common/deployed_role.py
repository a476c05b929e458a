"""The role of a deployed project, which processes on this machine assume in the embedded AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlproject.cli.common.session import reporting_aws_errors
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session
    from mlproject.parameters import Deployment


def deployed_role(deployment: Deployment, session: Session, use: str, *, advice: str = "") -> str:
    """Return the ARN of a role.

    Args:
        deployment: the project in the environment.
        session: of the environment.
        use: what the role is for, as in its name.
        advice: continues the sentence that tells how to deploy the project.

    Raises:
        UserError: the project is not deployed in the environment.
    """
    names, environment = deployment.names, deployment.environment.name
    with reporting_aws_errors(f"looking for role {names.role(use)}"):
        iam = session.client("iam")
        try:
            role_arn: str = iam.get_role(RoleName=names.role(use))["Role"]["Arn"]
        except iam.exceptions.NoSuchEntityException as error:
            raise UserError(
                f"{deployment.project} is not deployed in {environment}. Run "
                f"`mlproject deploy {deployment.project} -e {environment}`{advice}.",
                exit_code=1,
                topic="not-deployed",
            ) from error
    return role_arn
