"""Examples of AWS's pages: policies, and requests of which the page says whether they are allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.embedded_aws.iam.random_cases import OWN, ROLE, USER, RandomCase

GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"

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

    def case(self, request: PublishedRequest) -> RandomCase:
        """The request with the policies, as both evaluators take it."""
        own = {"aws:username": "ana", "aws:PrincipalArn": USER} if self.by == USER else {"aws:PrincipalArn": ROLE}
        given = {**own, **request.keys}
        return RandomCase(
            principal=self.by,
            action=request.action,
            resource=request.resource,
            owner=self.owner,
            keys={key: (value,) if isinstance(value, str) else value for key, value in given.items()},
            identity=(_policy(self.identity),) if self.identity else (),
            boundary=None if self.boundary is None else _policy(self.boundary),
            session=None if self.session is None else _policy(self.session),
            resource_policy=_policy(self.resource) if self.resource else None,
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


def _policy(statements: tuple[Statement, ...]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [dict(statement) for statement in statements]}
