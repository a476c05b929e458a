"""One request and its policies, as both evaluators take them: the guard's, and the reference."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from embedded_aws.iam import context
from embedded_aws.iam.context import ABSENT, Context
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.evaluator import Request, evaluate
from embedded_aws.iam.policy_documents import Policy, parse
from embedded_aws.iam.principal import Principal
from tests.embedded_aws.iam.reference import model as reference
from tests.embedded_aws.iam.reference.evaluation import evaluate as evaluate_reference

OWN, OTHER = "111122223333", "444455556666"
USER = f"arn:aws:iam::{OWN}:user/ana"
ROLE = f"arn:aws:iam::{OWN}:role/etl"
SESSION = f"arn:aws:sts::{OWN}:assumed-role/etl/run"
ROOT = f"arn:aws:iam::{OWN}:root"
SERVICE = "sagemaker.amazonaws.com"
# What the guard says where the reference finds that AWS's documentation leaves the decision open.
UNDECIDED = "Undecided"

Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class RandomCase:
    """A request with every policy that applies to it.

    Args:
        principal: ARN of a user or of a session of a role, or the name of a service.
        action: such as `s3:GetObject`.
        resource: ARN.
        owner: account of the resource.
        keys: condition keys; all others are absent.
        identity: policies of the user or role.
        boundary, session, resource_policy: None where there is none.
    """

    principal: str
    action: str
    resource: str
    owner: str
    keys: Mapping[str, Sequence[str]]
    identity: Sequence[Document] = ()
    boundary: Document | None = None
    session: Document | None = None
    resource_policy: Document | None = field(default=None)

    def documents(self) -> list[Document]:
        """Every policy."""
        limits = (self.boundary, self.session, self.resource_policy)
        return [*self.identity, *(document for document in limits if document is not None)]

    @property
    def needs_resource_policy(self) -> bool:
        """Whether the resource is a key or a role."""
        return self.action.startswith(("kms:", "sts:"))


def guard_outcome(case: RandomCase) -> str:
    """`Allow`, `ExplicitDeny`, `ImplicitDeny` or UNDECIDED, as the guard's evaluator says."""
    try:
        decision = evaluate(_guard_principal(case), _guard_request(case))
    except UndecidableError:
        return UNDECIDED
    if decision.allowed:
        return "Allow"
    return "ExplicitDeny" if "explicit deny" in decision.reason else "ImplicitDeny"


def reference_outcome(case: RandomCase) -> str:
    """The same, as the reference says."""
    policies = reference.Policies(
        identity=[dict(document) for document in case.identity],
        boundary=None if case.boundary is None else dict(case.boundary),
        session=None if case.session is None else [dict(case.session)],
        resource=None if case.resource_policy is None else dict(case.resource_policy),
    )
    request = reference.Request(
        principal=_reference_principal(case),
        action=case.action,
        resource=case.resource,
        resource_account=case.owner,
        context={key: values[0] if len(values) == 1 else list(values) for key, values in case.keys.items()},
    )
    try:
        return evaluate_reference(request, policies).outcome
    except reference.UndeterminedError:
        return UNDECIDED


def _guard_principal(case: RandomCase) -> Principal:
    is_service = case.principal == SERVICE
    return Principal(
        arn=case.principal,
        account="" if is_service else OWN,
        role_arn=ROLE if case.principal == SESSION else None,
        service=SERVICE if is_service else None,
        identity=tuple(map(_policy, case.identity)),
        boundary=None if case.boundary is None else _policy(case.boundary),
        session=None if case.session is None else _policy(case.session),
    )


def _guard_request(case: RandomCase) -> Request:
    known = context.of({key: tuple(values) for key, values in case.keys.items()})
    return Request(
        action=case.action,
        resource=case.resource,
        context=Context(known.keys, {"": lambda _: ABSENT}),
        policies=() if case.resource_policy is None else (_policy(case.resource_policy),),
        needs_resource_policy=case.needs_resource_policy,
        owner=case.owner,
    )


def _reference_principal(case: RandomCase) -> reference.Principal:
    if case.principal == SERVICE:
        return reference.Principal("service", name=SERVICE)
    if case.principal == USER:
        return reference.Principal("user", OWN, USER)
    return reference.Principal("role session", OWN, SESSION, role_arn=ROLE)


def _policy(document: Document) -> Policy:
    return parse("policy", json.dumps(document))
