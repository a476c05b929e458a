"""Who may open a notebook."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

from mlproject.aws_rules.notebook_permissions import OPEN_ACTIONS, START_ACTIONS, START_DESCRIBE_ACTIONS
from mlproject.errors import UserError
from stacks.constructs.acknowledgment import acknowledge
from stacks.constructs.service_role import Grant, policy_document, wildcards

# Characters without white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
POLICY_LIMIT = 6_144
# What a key's ARN and the ids of VPC, subnet and group have more than the tokens that stand for them here.
_GROWTH = 160


class OpeningPolicy(Construct):
    """A policy for a notebook's users only, whoever it is attached to: IAM users by name, sessions by their name.

    Sessions of IAM Identity Center bear the user's name; a permission set takes a policy by name and path, which is why
    both are fixed: https://docs.aws.amazon.com/singlesignon/latest/userguide/howtocmp.html. Attach it only to roles
    whose sessions people cannot name as they like. IAM deletes no policy that is attached: detach it before the
    notebook, or its last user, goes.

    AWS asks who it is for each request to the notebook, not only for the URL:
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedNotebookInstanceUrl.html

    Args:
        name: the policy's name.
        path: the path that the platform demands, `/` for none.
        users: names of IAM users, or of sessions; at least one.
        notebook_arn: the notebook.
        vpc_id: the only VPC from which it may be opened; None for everywhere.
        starting: what SageMaker needs to start it, by the kinds of START_ACTIONS; one that it has not is absent.
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
        starting: Mapping[str, Sequence[str]],
    ) -> None:
        super().__init__(scope, construct_id)
        grants = [
            *(_opening(identity, notebook_arn, vpc_id) for identity in _identities(users)),
            *(_starting(identity, starting) for identity in _identities(users)),
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
    """A way in which AWS knows a person: `User` or `Session`, and the condition that it is one of the users."""

    kind: str
    condition: Mapping[str, Mapping[str, Any]]


def _identities(users: Sequence[str]) -> tuple[_Identity, _Identity]:
    """Both ways for the same names: only IAM users have a name, and only sessions an id that ends with theirs.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotable
    """
    return (
        _Identity(kind="User", condition={"StringEquals": {"aws:username": list(users)}}),
        _Identity(kind="Session", condition={"StringLike": {"aws:userid": [f"*:{user}" for user in users]}}),
    )


def _opening(identity: _Identity, notebook_arn: str, vpc_id: str | None) -> Grant:
    """Opening, and from one VPC only as https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-interface-endpoint.html
    says: Describe stands under the same condition there.
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


def _starting(identity: _Identity, starting: Mapping[str, Sequence[str]]) -> Grant:
    """What SageMaker does in the name of who starts a notebook, wherever that person is: not from the VPC.

    The two conditions hold for the actions that know their keys and leave the others alone:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists
    """
    return Grant(
        sid=f"StartAs{identity.kind}",
        actions=[action for kind in starting for action in START_ACTIONS[kind]],
        resources=[resource for resources in starting.values() for resource in resources],
        condition={
            **identity.condition,
            "StringEqualsIfExists": {"iam:PassedToService": "sagemaker.amazonaws.com"},
            "BoolIfExists": {"kms:GrantIsForAWSResource": "true"},
        },
        reason="SageMaker attaches role, volume and network interface with the permissions of the user who starts a "
        "notebook. The id of the interface is not known in advance",
    )


def _check_length(document: Mapping[str, Any], *, name: str, users: Sequence[str]) -> None:
    """Refuse more users than fit, before anything is deployed."""
    length = len(json.dumps(document, separators=(",", ":"))) + _GROWTH
    if length > POLICY_LIMIT:
        raise UserError(
            f"policy {name}: its {len(users)} users make it {length:,} characters long, and IAM allows "
            f"{POLICY_LIMIT:,}; list fewer below this notebook's `users:`, and give the others one of their own."
        )
