"""Examples of AWS's pages: policies, and requests of which the page says whether they are allowed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from embedded_aws.iam import context
from embedded_aws.iam.context import ABSENT, Context
from embedded_aws.iam.evaluator import Decision, Request, decide
from embedded_aws.iam.policy_documents import Policy, parse
from embedded_aws.iam.principal import Principal

GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
OWN, OTHER = "123456789012", "999999999999"
USER = f"arn:aws:iam::{OWN}:user/ana"
ROLE = f"arn:aws:iam::{OWN}:role/etl"
SESSION = f"arn:aws:sts::{OWN}:assumed-role/etl/nightly"

Statement = Mapping[str, Any]
Keys = Mapping[str, str | tuple[str, ...]]
NO_KEYS: Keys = {}


@dataclass(frozen=True, kw_only=True)
class PublishedRequest:
    """A request of an example.

    Args:
        action: such as `s3:GetObject`.
        resource: its ARN, or `*`.
        allowed: what the page says.
        keys: condition keys of the request; all others are absent.
    """

    action: str
    resource: str
    allowed: bool
    keys: Keys = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Example:
    """Policies of one page, and requests.

    Args:
        name: in a few words.
        page: address, with the section where there is one.
        requests: with what the page says of them.
        identity, boundary, session, resource: statements of each kind of policy; None where there is no such policy.
        by: ARN of the user or of the session of a role that makes the requests, in the account OWN.
        owner: account of the resource.
        needs_resource_policy: as keys and roles do.
    """

    name: str
    page: str
    requests: tuple[PublishedRequest, ...]
    identity: tuple[Statement, ...] = ()
    boundary: tuple[Statement, ...] | None = None
    session: tuple[Statement, ...] | None = None
    resource: tuple[Statement, ...] = ()
    by: str = USER
    owner: str = OWN
    needs_resource_policy: bool = False

    def decide(self, request: PublishedRequest) -> Decision:
        """What the guard's evaluator decides."""
        is_user = ":user/" in self.by
        principal = Principal(
            arn=self.by,
            account=OWN,
            role_arn=None if is_user else ROLE,
            identity=(_policy(self.identity),),
            boundary=None if self.boundary is None else _policy(self.boundary),
            session=None if self.session is None else _policy(self.session),
        )
        known = {"aws:PrincipalArn": USER if is_user else ROLE, "aws:username": "ana" if is_user else None}
        return decide(
            principal,
            Request(
                action=request.action,
                resource=request.resource,
                context=Context(context.of({**known, **request.keys}).keys, {"": lambda _: ABSENT}),
                policies=(_policy(self.resource),) if self.resource else (),
                needs_resource_policy=self.needs_resource_policy,
                owner=self.owner,
            ),
        )


def allows(action: str, resource: str = "*", keys: Keys = NO_KEYS) -> PublishedRequest:
    """A request that the page says is allowed."""
    return PublishedRequest(action=action, resource=resource, allowed=True, keys=keys)


def denies(action: str, resource: str = "*", keys: Keys = NO_KEYS) -> PublishedRequest:
    """A request that the page says is denied."""
    return PublishedRequest(action=action, resource=resource, allowed=False, keys=keys)


def for_principal(principal: Any, statement: Statement) -> Statement:
    """The statement in the policy of a resource."""
    return {**statement, "Principal": principal}


def _policy(statements: tuple[Statement, ...]) -> Policy:
    return parse("policy", json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
