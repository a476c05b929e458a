"""An IAM role for a service of AWS: trusted in this account only, with its whole policy inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.constructs.acknowledgment import acknowledge

Statement = Mapping[str, Any]

_INLINE = "NIST.800.53.R5::NIST.800.53.R5-IAMNoInlinePolicy"
_WHY_INLINE = "Inside the role, so that no service can use the role before its permissions are there."


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Something that a role may do.

    Args:
        sid: the statement's name.
        actions: in full, without wildcards.
        resources: ARNs; one with a wildcard is accepted for the reason in `why`.
        condition: IAM's condition block.
        reason: what needs it.
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


class ServiceRole(Construct):
    """A role with one inline policy, so that nothing can use the role before its permissions are there.

    The trust is limited to the account (the confused deputy:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html). The stage adds the permissions boundary.

    Attributes:
        arn: the role's ARN.

    Args:
        service: such as `sagemaker.amazonaws.com`.
        account: the account in which the service must act; None for a service that does not say for whom it asks.
        source_arn: the one resource for which the service may act, where it says so; None for any of the account.
        path: the role path that the platform demands, `/` for none.
        grants: what the role may do.
        role_name: only for a role that people type; else CloudFormation makes a name.
        removal_policy: of a role that outlives its stack together with what uses it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: str,
        account: str | None,
        path: str,
        grants: Sequence[Grant],
        role_name: str | None = None,
        source_arn: str | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        trust: dict[str, Any] = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
        }
        if account is not None:
            source = {"aws:SourceArn": source_arn} if source_arn else {}
            trust["Condition"] = {"StringEquals": {"aws:SourceAccount": account, **source}}
        policy = policy_document([grant.statement for grant in grants])
        role = iam.CfnRole(
            self,
            "Role",
            role_name=role_name,
            path=path,
            assume_role_policy_document=policy_document([trust]),
            policies=[iam.CfnRole.PolicyProperty(policy_name="permissions", policy_document=policy)],
        )
        if removal_policy is not None:
            role.apply_removal_policy(removal_policy)
        self.arn = role.attr_arn
        self._role = role
        acknowledge(role, {_INLINE: _WHY_INLINE, **wildcards(grants)})

    @property
    def name(self) -> str:
        """The role's name, as a reference to the role."""
        return self._role.ref


def wildcards(grants: Sequence[Grant]) -> dict[str, str]:
    """The finding on each resource with a wildcard, and why it stays."""
    reasons: dict[str, list[str]] = {}
    for grant in grants:
        for resource in grant.resources:
            if "*" in resource:
                reasons.setdefault(resource, []).append(f"{grant.sid}: {grant.reason}")
    return {f"AwsSolutions::AwsSolutions-IAM5[Resource::{name}]": "; ".join(why) for name, why in reasons.items()}


def policy_document(statements: Sequence[Statement]) -> dict[str, Any]:
    """An IAM policy document of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def role_arn(*, partition: str, account: str, path: str, name: str) -> str:
    """The ARN of a role with a fixed name, for a policy that cannot refer to the role itself."""
    return f"arn:{partition}:iam::{account}:role{path}{name}"
