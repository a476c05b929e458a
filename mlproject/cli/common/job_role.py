"""The role that a CI job assumes in an environment's account, in exchange for the token that its platform issued."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from mlproject.aws_rules.grants import role_arn
from mlproject.aws_rules.partitions import partition_of
from mlproject.cli.common.credential_errors import ROLE
from mlproject.errors import UserError
from mlproject.names import deploy_role, diff_role
from mlproject.parameters.model import Environment

KIND = "MLPROJECT_ROLE"
# The roles of the stacks identity/ACCOUNT.
_ROLES: Mapping[str, Callable[[str], str]] = {"deploy": deploy_role, "diff": diff_role}


def select_job_role(environment: Environment) -> None:
    """If MLPROJECT_ROLE is set, set AWS_ROLE_ARN to the environment's role, for boto3 and the CDK CLI.

    A job that works with several accounts, such as a review, needs a role in each.

    Raises:
        UserError: MLPROJECT_ROLE is not the name of a role.
    """
    kind = os.environ.get(KIND)
    if kind is None:
        return
    if kind not in _ROLES:
        raise UserError(f"{KIND} is {kind!r}. Allowed: {' or '.join(_ROLES)}.")
    os.environ[ROLE] = role_arn(
        partition=partition_of(environment.region),
        account=environment.account,
        path=environment.role_path,
        name=_ROLES[kind](environment.name),
    )
