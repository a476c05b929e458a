"""Statements of a role's policy, from permissions and the resources of a deployment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlproject.aws_rules.permissions import Permission

Statement = Mapping[str, Any]
# ARNs and condition values of a deployment by their type, see mlproject.aws_rules.permissions.
Resources = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Statement of a policy, with its reason.

    Args:
        sid: id of the statement.
        actions: IAM actions without wildcards.
        resources: ARNs. A wildcard in an ARN is acknowledged with `reason`.
        condition: condition block of IAM.
        reason: what requires the permission.
    """

    sid: str
    actions: Sequence[str]
    resources: Sequence[str]
    condition: Mapping[str, Any] | None = None
    reason: str

    @property
    def statement(self) -> Statement:
        statement = {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": list(self.resources),
        }
        return {**statement, "Condition": self.condition} if self.condition else statement


def grants(permissions: Sequence[Permission], resources: Resources) -> list[Grant]:
    """Return a grant for each permission whose resources and condition have values in the deployment.

    Args:
        permissions: the permissions.
        resources: ARNs and condition values of the deployment, by type.
    """
    return [
        Grant(
            sid=permission.sid,
            actions=permission.actions,
            resources=arns,
            condition=_condition(permission, resources),
            reason=permission.reason,
        )
        for permission in permissions
        if (arns := [arn for type_ in permission.resource_types for arn in resources[type_]])
        and (permission.condition is None or resources[permission.condition[2]])
    ]


def role_arn(*, partition: str, account: str, path: str, name: str) -> str:
    """Return the ARN of a role with a fixed name, for a policy that cannot refer to the role itself."""
    return f"arn:{partition}:iam::{account}:role{path}{name}"


def _condition(permission: Permission, resources: Resources) -> dict[str, Any] | None:
    if not permission.condition:
        return None
    operator, key, value_type = permission.condition
    values = list(resources[value_type])
    return {operator: {key: values[0] if len(values) == 1 else values}}
