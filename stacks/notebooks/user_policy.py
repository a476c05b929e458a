"""IAM policy for the users of a notebook."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

from mlproject.aws_rules.notebook_permissions import (
    OPEN_ACTIONS,
    START_ACTIONS,
    START_CONDITION,
    START_DESCRIBE_ACTIONS,
)
from mlproject.errors import UserError
from stacks.constructs.acknowledgment import acknowledge
from stacks.constructs.service_role import Grant, policy_document, wildcards

# In characters, without white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
POLICY_LIMIT = 6_144
# Extra characters of the key ARN and of the ids of VPC, subnet and group, compared to their tokens.
_GROWTH = 160


class NotebookUserPolicy(Construct):
    """Policy that allows only the users of a notebook to open it, identified by IAM user name or role session name.

    Role sessions of IAM Identity Center have the name of the user. A permission set refers to a policy by name and
    path, so both are fixed: https://docs.aws.amazon.com/singlesignon/latest/userguide/howtocmp.html. Attach the policy
    only to roles whose session names users cannot choose. IAM does not delete an attached policy: detach it before you
    delete the notebook or its last user.

    AWS checks the identity at each request to the notebook, and not only for the URL:
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedNotebookInstanceUrl.html

    Args:
        name: name of the policy.
        path: path of the policy, `/` for none.
        users: names of IAM users or role sessions, at least one.
        notebook_arn: ARN of the notebook.
        vpc_id: VPC from which the notebook may be opened, or None for any network.
        start_resources: ARNs of resources that are needed to start the notebook, by the keys of START_ACTIONS.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        path: str,
        users: Sequence[str],
        notebook_arn: str,
        vpc_id: str | None,
        start_resources: Mapping[str, Sequence[str]],
    ) -> None:
        super().__init__(scope, construct_id)
        grants = [
            *(_open_grant(identity, notebook_arn, vpc_id) for identity in _identities(users)),
            *(_start_grant(identity, start_resources) for identity in _identities(users)),
            Grant(
                sid="DescribeNetwork",
                actions=START_DESCRIBE_ACTIONS,
                resources=["*"],
                reason="SageMaker describes the network with the permissions of the user who starts a notebook. "
                "These actions have no resource-level permissions",
            ),
        ]
        document = policy_document([grant.statement for grant in grants])
        _check_length(document, name=name, users=users)
        policy = iam.CfnManagedPolicy(self, "Policy", managed_policy_name=name, path=path, policy_document=document)
        acknowledge(policy, wildcards(grants))


@dataclass(frozen=True, kw_only=True)
class _Identity:
    """Type of principal, `User` or `Session`, and the condition that matches the users."""

    kind: str
    condition: Mapping[str, Mapping[str, Any]]


def _identities(users: Sequence[str]) -> tuple[_Identity, _Identity]:
    """Conditions for both types: IAM users have a name, and the id of a role session ends with its name.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotable
    """
    return (
        _Identity(kind="User", condition={"StringEquals": {"aws:username": list(users)}}),
        _Identity(kind="Session", condition={"StringLike": {"aws:userid": [f"*:{user}" for user in users]}}),
    )


def _open_grant(identity: _Identity, notebook_arn: str, vpc_id: str | None) -> Grant:
    """Grant to open the notebook, optionally from one VPC only. The condition also applies to Describe, as documented:
    https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-interface-endpoint.html.
    """
    condition = {operator: dict(values) for operator, values in identity.condition.items()}
    if vpc_id is not None:
        condition.setdefault("StringEquals", {})["aws:SourceVpc"] = vpc_id
    return Grant(
        sid=f"OpenAs{identity.kind}",
        actions=OPEN_ACTIONS,
        resources=[notebook_arn],
        condition=condition,
        reason="users open, start and stop only this notebook",
    )


def _start_grant(identity: _Identity, start_resources: Mapping[str, Sequence[str]]) -> Grant:
    """Grant for the calls that SageMaker makes with the permissions of the user who starts a notebook.

    These calls do not come from the VPC. The two conditions apply only to actions that support their keys:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists
    """
    return Grant(
        sid=f"StartAs{identity.kind}",
        actions=[action for kind in start_resources for action in START_ACTIONS[kind]],
        resources=[resource for resources in start_resources.values() for resource in resources],
        condition={
            **identity.condition,
            **START_CONDITION,
        },
        reason="SageMaker attaches role, volume and network interface with the permissions of the user who starts a "
        "notebook. The id of the interface is not known in advance",
    )


def _check_length(document: Mapping[str, Any], *, name: str, users: Sequence[str]) -> None:
    """Check that the policy is not too long, before anything is deployed."""
    length = len(json.dumps(document, separators=(",", ":"))) + _GROWTH
    if length > POLICY_LIMIT:
        raise UserError(
            f"policy {name}: it has {length:,} characters with {len(users)} users, but IAM allows {POLICY_LIMIT:,}. "
            "List fewer users below `users:` of this notebook, and create another notebook for the others."
        )
