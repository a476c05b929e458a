"""Explain a denied request: who made it, what grants it, what is missing, and which key would grant it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from mlproject.access_denied.evaluation import Match, matching_statements
from mlproject.access_denied.keyed_grants import KeyedGrant, RoleContext
from mlproject.access_denied.message import IDENTITY, Denial
from mlproject.access_denied.other_policies import explain_other_policy
from mlproject.access_denied.proposals import find_proposal
from mlproject.access_denied.refusals import explain_refusal
from mlproject.access_denied.role_grants import role_grants
from mlproject.access_denied.roles import ProjectRole
from mlproject.access_denied.template import RoleTemplate
from mlproject.aws_rules.grants import Grant
from mlproject.parameters import Platform


class Verdict(Enum):
    """What a denial means.

    GRANTED: the role's policy allows the request, so something else denied it.
    CONDITIONAL: the role's policy allows it under a condition that the request did not meet.
    NOT_DEPLOYED: the parameters grant it, but the template does not.
    GRANTABLE: a key of project.yaml would grant it.
    NEVER: no key grants it, on purpose.
    OTHER_POLICY: another policy denied it, which the role cannot override.
    """

    GRANTED = "granted"
    CONDITIONAL = "granted under a condition"
    NOT_DEPLOYED = "not deployed"
    GRANTABLE = "grantable"
    NEVER = "never granted"
    OTHER_POLICY = "denied by another policy"


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Explanation of a denial.

    Args:
        denial: the denial.
        role: the role that made the request.
        logical_id: logical id of the role in its stack, or None if no template was available.
        origin: the template that was evaluated, or None.
        verdict: what the denial means.
        reason: reason of the verdict, as a sentence.
        remedy: what to do, as a sentence.
        matches: statements of the template that allow the request.
        statement: statement that is missing, or None.
        key: key of project.yaml that grants or would grant it, or None.
    """

    denial: Denial
    role: ProjectRole
    logical_id: str | None
    origin: str | None
    verdict: Verdict
    reason: str
    remedy: str
    matches: tuple[Match, ...] = ()
    statement: Mapping[str, Any] | None = field(default=None)
    key: str | None = None


def explain_denial(
    denial: Denial,
    *,
    role: ProjectRole,
    platform: Platform,
    context: RoleContext,
    template: RoleTemplate | None,
) -> Explanation:
    """Explain a denial whose action and resource are known.

    Args:
        denial: the denial.
        role: the role that made the request.
        platform: parameters of all projects and environments.
        context: what the grants of the role depend on.
        template: template of the role's stack, or None if there is none.
    """
    action, resource = denial.action or "", denial.resource or "*"
    logical_id = template.logical_id(role.name) if template else None
    statements = template.statements(logical_id) if template and logical_id else ()
    matches = matching_statements(statements, action=action, resource=resource)
    given = [
        each
        for each in role_grants(role, context)
        if matching_statements([each.grant.statement], action=action, resource=resource)
    ]
    key = given[0].key if given else None

    def explanation(verdict: Verdict, reason: str, remedy: str, **more: Any) -> Explanation:
        return Explanation(
            denial=denial,
            role=role,
            logical_id=logical_id,
            origin=template.origin if template else None,
            verdict=verdict,
            reason=reason,
            remedy=remedy,
            matches=matches,
            **{"key": key, **more},
        )

    if denial.policy not in (None, IDENTITY) or denial.explicit:
        reason, remedy = explain_other_policy(denial, role, platform)
        return explanation(Verdict.OTHER_POLICY, reason, remedy)
    if matches:
        return explanation(*_granted(matches, role, origin=template.origin if template else ""))
    if given:
        return explanation(
            *_not_deployed(given, role, template), statement=_statement(given[0].grant, action, resource)
        )
    refusal = explain_refusal(role, context, platform, action=action, resource=resource)
    if refusal is None and (proposal := find_proposal(role, context, action=action, resource=resource)):
        return explanation(
            *_grantable(proposal, role), statement=_statement(proposal.grant, action, resource), key=proposal.key
        )
    reason, remedy = refusal or (
        f"no key of project.yaml grants {action} on {resource} to {role.name}",
        "use a resource and an action that the project's parameters cover. docs/en/permissions.md describes them",
    )
    return explanation(Verdict.NEVER, reason, remedy)


def _granted(matches: Sequence[Match], role: ProjectRole, *, origin: str) -> tuple[Verdict, str, str]:
    sids = ", ".join(match.sid for match in matches)
    live = f"`aws iam get-role-policy --role-name {role.name} --policy-name permissions`"
    if all(match.condition for match in matches):
        conditions = "; ".join(f"{match.sid}: {_condition(match.condition)}" for match in matches)
        return (
            Verdict.CONDITIONAL,
            f"{origin} allows it only under a condition ({conditions}), which the request did not meet",
            "change the request so that it meets the condition",
        )
    return (
        Verdict.GRANTED,
        f"{origin} allows it ({sids}), so the template is not the cause",
        f"try again, since a new policy takes seconds to apply; compare the template with {live}; if they are equal, "
        "a policy of the resource, of the VPC endpoint or of the organization denies it",
    )


def _condition(condition: Mapping[str, Any]) -> str:
    return " and ".join(
        f"{key} {operator} {', '.join(values) if isinstance(values, list) else values}"
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def _not_deployed(
    given: Sequence[KeyedGrant], role: ProjectRole, template: RoleTemplate | None
) -> tuple[Verdict, str, str]:
    deployment = role.deployment
    where = f"projects/{deployment.project}/project.yaml"
    source = f"but {template.origin} does not contain it" if template else "and no template was compared"
    return (
        Verdict.NOT_DEPLOYED,
        f"the key {given[0].key} in {where} grants it ({given[0].grant.sid}), {source}",
        f"deploy the stack {role.stack_name}: `mlproject deploy {deployment.project} "
        f"--environment {deployment.environment.name}`",
    )


def _grantable(proposal: KeyedGrant, role: ProjectRole) -> tuple[Verdict, str, str]:
    deployment = role.deployment
    where = f"projects/{deployment.project}/project.yaml"
    reason = f"the parameters do not grant it. The key {proposal.key} in {where} would ({proposal.grant.sid}: "
    reason += f"{proposal.grant.reason})"
    deploy = f"`mlproject deploy {deployment.project} --environment {deployment.environment.name}`"
    if proposal.note and deployment.pipeline:
        folder = deployment.pipeline.folder
        build = f"`mlproject pipeline build {folder}`"
        remedy = f"add {proposal.note} to pipelines/{folder}/pipeline.py, run {build}, then {deploy}"
    else:
        remedy = f"set {proposal.key} so that it names the resource, then {deploy}"
    return Verdict.GRANTABLE, reason, remedy


def _statement(grant: Grant, action: str, resource: str) -> dict[str, Any]:
    """The missing statement, limited to the denied action and resource."""
    return {**grant.statement, "Action": [action], "Resource": [resource]}
