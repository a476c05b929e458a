"""Explain why no key grants a request."""

from __future__ import annotations

from collections.abc import Mapping

from mlproject.access_denied.grantable_actions import grantable_actions
from mlproject.access_denied.keyed_grants import RoleContext
from mlproject.access_denied.ownership import find_owner, is_bootstrap_bucket
from mlproject.access_denied.role_grants import role_grants
from mlproject.access_denied.roles import ProjectRole
from mlproject.parameters import Platform

# Services with which permissions, accounts and their protection are changed.
_ADMINISTRATION: Mapping[str, str] = {
    "account": "settings of the account",
    "cloudtrail": "the audit log",
    "iam": "permissions",
    "organizations": "the organization",
    "sso": "the users",
    "sts": "the identity",
}


Refusal = tuple[str, str]


def explain_refusal(
    role: ProjectRole, context: RoleContext, platform: Platform, *, action: str, resource: str
) -> Refusal | None:
    """Return the reason why nothing grants a request, and the remedy; None if a key may grant it."""
    if "*" in action:
        return (
            f"{action} is a wildcard, and roles of projects have only single actions",
            "request the single action that is necessary",
        )
    return (
        _foreign(role, platform, resource)
        or _unknown_action(role, context, action)
        or _other_resource(role, context, platform, action=action, resource=resource)
    )


def _unknown_action(role: ProjectRole, context: RoleContext, action: str) -> Refusal | None:
    """Return why the role can never have the action, whatever the resource is."""
    known = grantable_actions(role, context)
    if action in known[role.use]:
        return None
    service = action.partition(":")[0]
    if service in _ADMINISTRATION:
        return (
            f"{action} concerns {_ADMINISTRATION[service]}, which no role of a project may change",
            "have an administrator do it, or the deployment",
        )
    others = sorted(use for use, actions in known.items() if action in actions)
    if others:
        return (
            f"{action} is granted only to other roles of a project ({', '.join(others)}), and not to {role.use}",
            "do it where that role is used, such as in a step of the pipeline",
        )
    return (
        f"no role of a project may do {action}, whatever its parameters say",
        "do without it, or add the permission to mlproject/aws_rules with its reason",
    )


def _other_resource(
    role: ProjectRole, context: RoleContext, platform: Platform, *, action: str, resource: str
) -> Refusal | None:
    """Return why the role can have the action, but not on this resource."""
    if is_bootstrap_bucket(resource):
        return (
            "the bucket of the CDK bootstrap contains the code of every project, so a role may read only its own files",
            "deploy the project, so that its code and its role match",
        )
    own = [each for each in role_grants(role, context) if action in each.grant.actions]
    passes_roles = action.startswith("iam:")
    if not own or not (passes_roles or find_owner(platform, resource)):
        return None
    allowed = ", ".join(sorted({arn for each in own for arn in each.grant.resources}))
    why = ", since a role that passes others could extend its own permissions" if passes_roles else ""
    return (f"{role.name} may do {action} only on {allowed}{why}", "use one of these resources")


def _foreign(role: ProjectRole, platform: Platform, resource: str) -> Refusal | None:
    owner = find_owner(platform, resource)
    if owner is None or owner.deployment == role.deployment:
        return None
    if owner.deployment is not None and owner.deployment.project == role.deployment.project:
        return (
            f"the resource belongs to {owner.name}, and environments of a project are separated",
            f"use the resource of {role.deployment.environment.name}, or have a person copy the data",
        )
    return (
        f"the resource belongs to {owner.name}, and the roles of a project reach no other project's resources",
        "ask the team that owns it; data to share belongs in a bucket outside of the projects, which both list below "
        "existing_data.buckets",
    )
