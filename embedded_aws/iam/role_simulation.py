"""Asking beforehand whether a role may do something, with the same evaluator that decides requests."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from embedded_aws.iam import catalogue, context, identities
from embedded_aws.iam.authorizer import authorize
from embedded_aws.iam.context import Context
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.evaluator import Decision
from embedded_aws.iam.permission_check import PermissionCheck
from embedded_aws.iam.request_context import every_request
from embedded_aws.iam.resources import AccountRegion
from embedded_aws.iam.services import kms

SESSION_NAME = "asking"


class RoleNotFoundError(LookupError):
    """There is no such role in the embedded AWS."""


@dataclass(frozen=True, kw_only=True)
class AccessQuery:
    """Whether an action on a resource would be allowed.

    Args:
        action: such as `ec2:CreateNetworkInterface`.
        resource: an ARN, or `*` where AWS knows none for the action.
        context: condition keys that the request would have, beside those of every request.
    """

    action: str
    resource: str
    context: Context

    @classmethod
    def read(cls, given: Any) -> Self:
        """A question as JSON has it: `action`, `resource` and, if there are any, `context`.

        A value in the context is a text, a list of texts, or null for a key that the request would not have. A key
        that stands nowhere is unknown, and a policy that asks for it is not decided.

        Raises:
            ValueError: it is none, or there is no such action.
        """
        if not isinstance(given, Mapping) or not isinstance(given.get("context", {}), Mapping):
            raise ValueError("a request has an action, a resource and, if there are any, keys of its context")  # noqa: TRY004
        action, resource = given.get("action"), given.get("resource")
        if not isinstance(action, str) or not isinstance(resource, str):
            raise ValueError("a request needs a text for action and resource")  # noqa: TRY004
        prefix, _, name = action.partition(":")
        if not catalogue.is_action(prefix, name):
            raise ValueError(f"IAM has no action {action}")
        values = {
            key: tuple(map(str, value)) if isinstance(value, list) else value if value is None else _text(value)
            for key, value in given.get("context", {}).items()
        }
        return cls(action=action, resource=resource, context=context.of(values))


def simulate_role(
    account: str, region: str, role_arn: str, queries: Sequence[AccessQuery], *, accounts: Collection[str]
) -> list[Decision]:
    """What a session of a role would be answered.

    Args:
        account: twelve digits.
        region: such as `eu-west-1`.
        role_arn: the role.
        queries: in any number.
        accounts: those of this embedded AWS.

    Returns:
        a decision for each question, in order.

    Raises:
        RoleNotFoundError: the account has no such role.
    """
    try:
        principal = identities.role_session(role_arn, SESSION_NAME, account)
    except UndecidableError as error:
        if identities.role(role_arn, account) is None:
            raise RoleNotFoundError(f"there is no role {role_arn} in account {account}") from error
        return [Decision(allowed=False, reason=f"because it cannot be decided: {error}") for _ in queries]
    place = AccountRegion(region=region, account=account)
    return [
        authorize(
            principal,
            PermissionCheck(action=each.action, resource=_resource(each, place), context=each.context),
            every_request(region),
            place,
            accounts=accounts,
        )
        for each in queries
    ]


def _resource(question: AccessQuery, place: AccountRegion) -> str:
    """An alias that a key is used by stands for the key.

    https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    """
    service, _, name = question.action.partition(":")
    if service != "kms" or ":alias/" not in question.resource or "alias" in catalogue.kinds(service, name):
        return question.resource
    key = kms.find(question.resource, place)
    return question.resource if key is None else str(key.arn)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
