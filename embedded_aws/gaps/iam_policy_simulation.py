"""IAM: SimulatePrincipalPolicy and SimulateCustomPolicy, answered by the evaluator that decides requests.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.exceptions import IAMException, NotFoundException
from moto.iam.responses import IamResponse

from embedded_aws.gaps._registry import fills
from embedded_aws.iam import catalogue
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.policy_documents import Policy, parse
from embedded_aws.iam.policy_simulation import SimulatedDecision, Simulation, find_principal, simulate
from embedded_aws.iam.principal import Principal
from embedded_aws.iam.resources import account_in

# Both from the API reference above.
_PAGE, _LARGEST_PAGE = 100, 1000
_WHY = "moto does not know it"
_NOT_EVALUATED = ("PolicyExclusionList", "OrderedOrganizationPolicyInputList", "ResourceHandlingOption")


@fills(
    IamResponse,
    "simulate_principal_policy",
    service="iam",
    what="SimulatePrincipalPolicy, answered by the evaluator that decides requests",
    why=_WHY,
)
def simulate_principal_policy(self: Any) -> ActionResult:
    arn = self._get_param("PolicySourceArn")
    try:
        principal = find_principal(arn, self.current_account)
    except UndecidableError as error:
        raise IAMException("PolicyEvaluation", str(error)) from error
    if principal is None:
        raise NotFoundException(f"The role, user or group with ARN {arn} cannot be found.")
    more = _documents(self, "PolicyInputList")
    principal = replace(principal, identity=(*principal.identity, *more))
    caller = self._get_param("CallerArn") or (arn if ":user/" in arn else None)
    return _answer(self, principal, caller)


@fills(
    IamResponse,
    "simulate_custom_policy",
    service="iam",
    what="SimulateCustomPolicy, answered by the evaluator that decides requests",
    why=_WHY,
)
def simulate_custom_policy(self: Any) -> ActionResult:
    principal = Principal(arn="", account=self.current_account, identity=_documents(self, "PolicyInputList"))
    return _answer(self, principal, self._get_param("CallerArn"))


def _answer(response: Any, principal: Principal, caller: str | None) -> ActionResult:
    source = principal
    for parameter in _NOT_EVALUATED:
        if response._get_param(parameter):
            raise _invalid_input(f"The embedded AWS does not evaluate {parameter}: leave it out.")
    boundaries = _documents(response, "PermissionsBoundaryPolicyInputList")
    if len(boundaries) > 1:
        raise _invalid_input("PermissionsBoundaryPolicyInputList takes one policy.")
    if boundaries:
        principal = replace(principal, boundary=boundaries[0])
    resource_policy = response._get_param("ResourcePolicy")
    if resource_policy:
        if caller is None:
            raise _invalid_input("ResourcePolicy needs CallerArn, the user who makes the call.")
        principal = replace(principal, arn=caller, account=account_in(caller) or principal.account, role_arn=None)
    resources = response._get_param("ResourceArns") or []
    simulation = Simulation(
        principal=principal,
        actions=_actions(response._get_param("ActionNames") or []),
        resources=tuple(resources) or ("*",),
        keys=_context_keys(response._get_param("ContextEntries") or []),
        resource_policy=_document("ResourcePolicy", resource_policy) if resource_policy else None,
        owner=account_in(response._get_param("ResourceOwner")),
    )
    try:
        decisions = simulate(simulation)
    except UndecidableError as error:
        raise IAMException("PolicyEvaluation", str(error)) from error
    return ActionResult(_page(response, [_result(each, source, by_resource=bool(resources)) for each in decisions]))


def _invalid_input(message: str) -> Exception:
    error: Exception = IAMException("InvalidInput", message)
    return error


def _actions(names: Sequence[str]) -> tuple[str, ...]:
    for name in names:
        prefix, _, operation = name.partition(":")
        if not catalogue.is_action(prefix, operation):
            raise _invalid_input(f"IAM has no action {name}: write it as service:Operation, without wildcards.")
    return tuple(names)


def _context_keys(entries: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    return {entry["ContextKeyName"].lower(): tuple(entry.get("ContextKeyValues") or ()) for entry in entries}


def _documents(response: Any, parameter: str) -> tuple[Policy, ...]:
    texts = response._get_param(parameter) or []
    return tuple(_document(f"{parameter}.{number}", text) for number, text in enumerate(texts, 1))


def _document(name: str, text: str) -> Policy:
    try:
        return parse(name, text)
    except UndecidableError as error:
        raise _invalid_input(str(error)) from error


def _result(decision: SimulatedDecision, principal: Principal, *, by_resource: bool) -> dict[str, Any]:
    common: dict[str, Any] = {
        "MatchedStatements": [
            {"SourcePolicyId": policy.name, "SourcePolicyType": _source_type(policy, principal)}
            for policy in decision.policies
        ],
        "MissingContextValues": list(decision.missing),
    }
    if decision.allowed_by_boundary is not None:
        common["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": decision.allowed_by_boundary}
    specific = {**common, "EvalResourceName": decision.resource, "EvalResourceDecision": decision.decision}
    return {
        **common,
        "EvalActionName": decision.action,
        "EvalResourceName": decision.resource,
        "EvalDecision": decision.decision,
        "ResourceSpecificResults": [specific] if by_resource else [],
    }


def _source_type(policy: Policy, principal: Principal) -> str:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_Statement.html"""
    if policy.name.startswith("arn:aws:iam::aws:"):
        return "aws-managed"
    if policy.name.startswith("arn:"):
        return "user-managed"
    if policy.name == "ResourcePolicy":
        return "resource"
    if "InputList." in policy.name:
        return "none"
    if principal.role_arn:
        return "role"
    return "group" if ":group/" in principal.arn else "user"


def _page(response: Any, results: list[dict[str, Any]]) -> dict[str, Any]:
    size = int(response._get_param("MaxItems") or _PAGE)
    marker = response._get_param("Marker") or "0"
    if not 1 <= size <= _LARGEST_PAGE:
        raise _invalid_input(f"MaxItems is a number from 1 to {_LARGEST_PAGE}, not {size}.")
    if not marker.isdigit() or int(marker) > len(results):
        raise _invalid_input(f"Marker {marker} is not one that this operation returned.")
    start, end = int(marker), int(marker) + size
    more = {"Marker": str(end)} if end < len(results) else {}
    return {"EvaluationResults": results[start:end], "IsTruncated": bool(more), **more}
