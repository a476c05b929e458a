"""A role that GitLab CI jobs assume with their token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

from mlproject.identity import Permission
from mlproject.parameters import Environment
from stacks.constructs.acknowledgment import acknowledge
from stacks.constructs.service_role import policy_document

_INLINE = "NIST.800.53.R5::NIST.800.53.R5-IAMNoInlinePolicy"
_INLINE_REASON = "The inline policy cannot be attached to another role by mistake, and ends with this role."
# In seconds. The longest session is the default of IAM: the SDKs exchange the job's token again after it.
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
_SESSION_SECONDS = 3600


class CiRole(Construct):
    """A role of an environment for CI jobs, with its path and permissions boundary.

    Attributes:
        grants: its permissions with their reasons, which the documentation shows.

    Args:
        name: name of the role.
        environment: the environment.
        trust: statement of the trust policy.
        permissions: statements of the role's policy.
        description: shown in the console.
        boundary: ARN of the permissions boundary; None for none.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        environment: Environment,
        trust: Mapping[str, Any],
        permissions: Sequence[Permission],
        description: str,
        boundary: str | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.grants = tuple(permissions)
        statements = [_statement(each) for each in permissions]
        role = iam.CfnRole(
            self,
            "Role",
            role_name=name,
            path=environment.role_path,
            description=description,
            max_session_duration=_SESSION_SECONDS,
            permissions_boundary=boundary,
            assume_role_policy_document=policy_document([trust]),
            policies=[
                iam.CfnRole.PolicyProperty(policy_name="permissions", policy_document=policy_document(statements))
            ],
        )
        wildcards = {
            f"AwsSolutions::AwsSolutions-IAM5[Resource::{resource}]": f"{each.sid}: {each.reason}"
            for each in permissions
            for resource in each.resources
            if "*" in resource
        }
        acknowledge(role, {_INLINE: _INLINE_REASON, **wildcards})


def _statement(permission: Permission) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Sid": permission.sid,
        "Effect": "Allow",
        "Action": list(permission.actions),
        "Resource": list(permission.resources),
    }
    if permission.condition:
        statement["Condition"] = {
            operator: {key: list(values) for key, values in keys.items()}
            for operator, keys in permission.condition.items()
        }
    return statement
