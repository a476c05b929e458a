"""Statements of the execution policy of an environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mlproject.execution_policy.resource_types import ANY, KEYS, RESOURCE_TYPES, ROLES, TypePermissions
from mlproject.execution_policy.schema_actions import schema_actions
from mlproject.names import gitlab_token_secret
from mlproject.parameters import Environment

Statement = Mapping[str, Any]

# Services to which the stacks pass roles.
_PASSED_TO = (
    "ec2.amazonaws.com",
    "elasticmapreduce.amazonaws.com",
    "events.amazonaws.com",
    "sagemaker.amazonaws.com",
    "scheduler.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
)
# For a notebook instance in a VPC and its encrypted volume:
# https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html; EMR's clusters need no more.
_NOTEBOOK_NETWORK = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
)
# The secret that a dynamic reference names, and those in which EventBridge keeps the credentials of connections, with
# the permissions of whoever creates the connection: https://docs.aws.amazon.com/eventbridge/latest/userguide/
# eb-use-identity-based.html (SecretsManagerAccessForApiDestinations, IAMCreateServiceLinkedRoleForApiDestinations)
_GITLAB_TOKEN = f"arn:{{partition}}:secretsmanager:{{place}}:secret:{gitlab_token_secret('{environment}', '*')}"
_CONNECTION_SECRETS = "arn:{partition}:secretsmanager:{place}:secret:events!connection/*-{environment}-gitlab/*"
_CONNECTION_SECRET = (
    "secretsmanager:CreateSecret",
    "secretsmanager:DeleteSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecret",
)
_DESTINATIONS_ROLE = "arn:{partition}:iam::{account}:role/aws-service-role/apidestinations.events.amazonaws.com/*"
# The first application of an account: https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/
# using-service-linked-roles.html
_SERVERLESS_ROLE = "arn:{partition}:iam::{account}:role/aws-service-role/ops.emr-serverless.amazonaws.com/*"
_KEY_USE = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
# Actions that could give a role more than the permissions boundary allows.
_BOUNDED = frozenset({"iam:CreateRole", "iam:PutRolePermissionsBoundary"})
_UNBOUNDING = "iam:DeleteRolePermissionsBoundary"


def execution_statements(environment: Environment, *, partition: str) -> tuple[Statement, ...]:
    """Return the statements, one for each set of resources.

    Args:
        environment: the environment, whose names limit the resources.
        partition: such as `aws`.
    """
    values = _values(environment, partition=partition)
    scopes: dict[tuple[tuple[str, ...], bool], set[str]] = {}
    for type_name, permissions in RESOURCE_TYPES.items():
        for resources, tagged, actions in _scoped(type_name, permissions, environment.region):
            scopes.setdefault((resources, tagged), set()).update(actions)
    bounded = environment.permissions_boundary is not None
    if bounded:
        scopes[ROLES, False] -= {*_BOUNDED, _UNBOUNDING}
    statements = [
        _statement(actions, _filled(resources, values), _condition(resources, environment, tagged=tagged))
        for (resources, tagged), actions in scopes.items()
    ]
    return (*statements, *_fixed(environment, values), *(_bounded(environment, values) if bounded else ()))


def _scoped(
    type_name: str, permissions: TypePermissions, region: str
) -> Iterable[tuple[tuple[str, ...], bool, set[str]]]:
    own = {a for a in schema_actions(type_name, region=region) if a.startswith(f"{permissions.service}:")}
    actions = (own | set(permissions.adding)) - permissions.without
    yield permissions.resources, permissions.tagged, actions - permissions.unscoped
    if unscoped := actions & permissions.unscoped:
        yield (ANY,), False, unscoped


def _fixed(environment: Environment, values: Mapping[str, str]) -> tuple[Statement, ...]:
    """Return the statements that belong to no single type."""
    keys, roles = _filled(KEYS, values), _filled(ROLES, values)
    parameter = f"arn:{values['partition']}:ssm:{values['place']}:parameter/mlproject/{environment.name}/*"
    in_region = {"StringEquals": {"aws:RequestedRegion": environment.region}}
    new_key = {"StringEquals": {"aws:RequestTag/environment": environment.name}}
    # Tagging a key of another environment would make it one of this environment.
    own_key = {"StringEqualsIfExists": {"aws:ResourceTag/environment": environment.name}}
    return (
        _statement({"iam:PassRole"}, roles, {"StringEquals": {"iam:PassedToService": list(_PASSED_TO)}}),
        _statement({"iam:GetRole"}, roles, None),
        _statement({"iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile"}, roles, None),
        _statement({"kms:CreateKey"}, (ANY,), new_key),
        _statement({"kms:TagResource"}, keys, {**new_key, **own_key}),
        _statement(_KEY_USE, keys, _tag_condition(environment)),
        _statement(_NOTEBOOK_NETWORK, (ANY,), in_region),
        _statement({"ssm:GetParameter", "ssm:GetParameters"}, (parameter,), None),
        _statement({"secretsmanager:GetSecretValue"}, _filled((_GITLAB_TOKEN,), values), None),
        _statement(_CONNECTION_SECRET, _filled((_CONNECTION_SECRETS,), values), None),
        _statement({"iam:CreateServiceLinkedRole"}, _filled((_DESTINATIONS_ROLE, _SERVERLESS_ROLE), values), None),
    )


def _bounded(environment: Environment, values: Mapping[str, str]) -> tuple[Statement, ...]:
    """Return the statement that allows roles only with the environment's permissions boundary."""
    boundary = environment.permissions_boundary or ""
    arn = boundary
    if not boundary.startswith("arn:"):
        arn = f"arn:{values['partition']}:iam::{environment.account}:policy/{boundary}"
    return (_statement(_BOUNDED, _filled(ROLES, values), {"StringEquals": {"iam:PermissionsBoundary": arn}}),)


def _values(environment: Environment, *, partition: str) -> Mapping[str, str]:
    return {
        "partition": partition,
        "region": environment.region,
        "account": environment.account,
        "place": f"{environment.region}:{environment.account}",
        "environment": environment.name,
        "path": environment.role_path,
    }


def _filled(resources: Iterable[str], values: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(resource.format(**values) for resource in resources)


def _condition(resources: tuple[str, ...], environment: Environment, *, tagged: bool) -> Mapping[str, Any] | None:
    if tagged:
        return _tag_condition(environment)
    # What has no name in its ARN is at least limited to the region.
    return {"StringEquals": {"aws:RequestedRegion": environment.region}} if resources == (ANY,) else None


def _tag_condition(environment: Environment) -> Mapping[str, Any]:
    return {"StringEquals": {"aws:ResourceTag/environment": environment.name}}


def _statement(actions: Iterable[str], resources: Iterable[str], condition: Mapping[str, Any] | None) -> Statement:
    statement = {"Effect": "Allow", "Action": sorted(actions), "Resource": list(resources)}
    return {**statement, "Condition": condition} if condition else statement
