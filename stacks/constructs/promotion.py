"""Permissions to copy approved models from one environment of a project into another.

A role in the target's account does it. Across accounts both sides must allow each action: the role's policy, and the
policies of bucket, key and model package group
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlproject.aws_rules.grants import Statement
from mlproject.aws_rules.promotion import readable_prefixes
from mlproject.aws_rules.promotion_permissions import (
    READ_PACKAGE,
    key_condition,
    package_arns,
    prefix_condition,
    promotion_role_arn,
)
from mlproject.parameters import Deployment, Environment


def bucket_readers(deployment: Deployment, *, partition: str) -> list[Statement]:
    """Return the statements of the artifacts bucket's policy for the environments that receive its models.

    Args:
        deployment: the project in the environment of the bucket.
        partition: such as `aws`.
    """
    if deployment.pipeline is None:
        return []
    folder = deployment.pipeline.folder
    bucket = f"arn:{partition}:s3:::{deployment.names.bucket('artifacts')}"
    statements = []
    for target in deployment.promoted_to:
        statements += [
            _reader(
                deployment,
                target,
                sid="Promote",
                actions=["s3:GetObject"],
                resources=[f"{bucket}/{prefix}*" for prefix in readable_prefixes(folder)],
                condition={},
                partition=partition,
            ),
            _reader(
                deployment,
                target,
                sid="List",
                actions=["s3:ListBucket"],
                resources=[bucket],
                condition=prefix_condition(folder),
                partition=partition,
            ),
        ]
    return statements


def key_readers(deployment: Deployment, *, partition: str) -> list[Statement]:
    """Return the statements of the key's policy for the environments that receive its models."""
    return [
        _reader(
            deployment,
            target,
            sid="Promote",
            actions=["kms:Decrypt"],
            resources=["*"],
            condition=key_condition(deployment.names.region),
            partition=partition,
        )
        for target in deployment.promoted_to
    ]


def package_readers(deployment: Deployment, *, partition: str) -> list[Statement]:
    """Return the statements of the model package group's policy for the environments that receive its models."""
    _, packages = package_arns(deployment, deployment.environment, partition=partition)
    return [
        _reader(
            deployment,
            target,
            sid="Promote",
            actions=READ_PACKAGE,
            resources=[packages],
            condition={},
            partition=partition,
        )
        for target in deployment.promoted_to
    ]


def _reader(
    deployment: Deployment,
    target: Environment,
    *,
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str],
    condition: Mapping[str, Any],
    partition: str,
) -> Statement:
    """A statement of a resource's policy for the promotion role of another environment.

    The principal is the account, with a condition on the role, since a policy that names a role is only valid once the
    role exists: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    return {
        "Sid": f"{sid}{target.name.title().replace('-', '')}",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{partition}:iam::{target.account}:root"},
        "Action": list(actions),
        "Resource": list(resources),
        "Condition": {
            **condition,
            "ArnEquals": {"aws:PrincipalArn": promotion_role_arn(deployment, target, partition=partition)},
        },
    }
