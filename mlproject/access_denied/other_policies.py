"""Explain denials by policies other than the role's own."""

from __future__ import annotations

from mlproject.access_denied.message import (
    BOUNDARY,
    ENDPOINT,
    IDENTITY,
    RESOURCE,
    RESOURCE_CONTROL,
    SERVICE_CONTROL,
    SESSION,
    TRUST,
    Denial,
)
from mlproject.access_denied.ownership import find_owner
from mlproject.access_denied.roles import ProjectRole
from mlproject.parameters import Platform


def explain_other_policy(denial: Denial, role: ProjectRole, platform: Platform) -> tuple[str, str]:
    """Return the reason and the remedy, each as a sentence without a period."""
    how = "denies it explicitly" if denial.explicit else "does not allow it"
    if denial.policy == RESOURCE:
        return _resource_policy(denial, role, platform, how)
    return _by_policy(denial, role, how).get(
        denial.policy or "",
        (
            "a policy denies it explicitly, and the message does not say which one",
            "look for the statement in the policies of the resource, the boundary and the organization",
        ),
    )


def _by_policy(denial: Denial, role: ProjectRole, how: str) -> dict[str, tuple[str, str]]:
    environment = role.deployment.environment
    boundary = environment.permissions_boundary or "none in environments.yaml, so it was attached manually"
    organization = (
        f"a {denial.policy} of the organization {how}, and no policy in the account can override it",
        "ask the administrators of the organization; no key of project.yaml or environments.yaml grants it",
    )
    return {
        BOUNDARY: (
            f"the permissions boundary of the environment {environment.name} ({boundary}) {how}, and limits every role",
            "ask the platform team, which owns the policy; permissions_boundary in environments.yaml only names it",
        ),
        SERVICE_CONTROL: organization,
        RESOURCE_CONTROL: organization,
        ENDPOINT: (
            f"the policy of a VPC endpoint in the network of {environment.name} {how}",
            f"if this application created the endpoint, look at the stack {environment.name}-network; otherwise ask "
            "the owner of the imported network",
        ),
        TRUST: (
            f"the trust policy of {denial.resource or 'the role'} {how}",
            "assume a role that trusts you; the roles of a project trust only AWS services",
        ),
        SESSION: (
            f"the session policy with which the role was assumed {how}",
            "assume the role without a session policy, or with one that allows the action",
        ),
        IDENTITY: (
            f"an {IDENTITY} of the role denies it explicitly. The templates contain only statements that allow, so the "
            "policy was attached manually",
            f"find it with `aws iam list-attached-role-policies --role-name {role.name}` and `aws iam "
            f"list-role-policies --role-name {role.name}`, and ask whoever attached it",
        ),
    }


def _resource_policy(denial: Denial, role: ProjectRole, platform: Platform, how: str) -> tuple[str, str]:
    resource, storage = denial.resource or "the resource", role.deployment.names.stack("storage")
    owner = find_owner(platform, resource)
    if owner is not None and owner.deployment == role.deployment:
        return (
            f"the policy of {resource} {how}. The stack {storage} creates it",
            f"compare it with the template: `aws cloudformation get-template --stack-name {storage}`",
        )
    if (denial.action or "").startswith("kms:"):
        return (
            f"the policy of the key {resource} {how}",
            f"if it is the project's key, compare its policy with the template of {storage}; otherwise its owner must "
            f"allow the role {role.name} in the key policy",
        )
    whose = f" of {owner.name}" if owner else ""
    return (
        f"the policy of {resource}{whose} {how}",
        f"the owner of the resource must allow the role {role.name} in its policy; keys of project.yaml change only "
        "the policies of the project's roles",
    )
