"""Requests, policies and decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

PrincipalKind = Literal["user", "role session", "service", "root"]
Outcome = Literal["Allow", "ExplicitDeny", "ImplicitDeny"]
PolicyType = Literal["resource", "identity", "boundary", "session", "root"]
ContextValue = str | Sequence[str]


class UndeterminedError(Exception):
    """The documentation does not say how AWS decides the request."""


class InvalidPolicyError(ValueError):
    """The documentation says that AWS does not support the policy document."""


class InvalidRequestError(ValueError):
    """The request and the policies cannot occur together."""


@dataclass(frozen=True)
class Principal:
    """The principal of a request.

    `role_arn` is set for a role session. `name` is set for a service principal,
    which has no account and no ARN.
    """

    kind: PrincipalKind
    account: str = ""
    arn: str = ""
    role_arn: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Request:
    """One request. The context is used as given, no key is derived from the principal."""

    principal: Principal
    action: str
    resource: str
    resource_account: str
    context: Mapping[str, ContextValue]


@dataclass(frozen=True)
class Policies:
    """The policy documents that apply to a request."""

    identity: Sequence[dict[str, Any]] = ()
    boundary: dict[str, Any] | None = None
    session: Sequence[dict[str, Any]] | None = None
    resource: dict[str, Any] | None = None


@dataclass(frozen=True)
class Decision:
    """The outcome, and the type of the policy that decided it."""

    outcome: Outcome
    decided_by: PolicyType
