"""The role that promotes models into an environment."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.constructs.acknowledgment import acknowledge
from stacks.constructs.service_role import Grant, policy_document, wildcards

_INLINE = "NIST.800.53.R5::NIST.800.53.R5-IAMNoInlinePolicy"
_INLINE_REASON = "The inline policy ensures that nobody can use the role before it has its permissions."


class PromotionRole(Construct):
    """A role of people and CI jobs in its own account, whose policies decide who assumes it.

    Args:
        name: name of the role.
        path: path of the role, `/` for none.
        grants: permissions of the role.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, path: str, grants: Sequence[Grant]) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        self.grants = tuple(grants)
        trust = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{stack.partition}:iam::{stack.account}:root"},
            "Action": "sts:AssumeRole",
        }
        role = iam.CfnRole(
            self,
            "Role",
            role_name=name,
            path=path,
            assume_role_policy_document=policy_document([trust]),
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="permissions", policy_document=policy_document([grant.statement for grant in grants])
                )
            ],
        )
        acknowledge(role, {_INLINE: _INLINE_REASON, **wildcards(grants)})
