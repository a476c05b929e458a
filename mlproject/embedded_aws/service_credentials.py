"""Credentials of a role for an AWS service that assumes it, given when the role's trust policy says so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

# The shortest and usual life of a service's session, in seconds.
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
SESSION = 3600
ACTION = "sts:AssumeRole"


class RoleNotFoundError(LookupError):
    """There is no such role in the embedded AWS."""


class RoleNotTrustedError(PermissionError):
    """The role's trust policy does not let the service assume it; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """Who asks for a role, and what condition keys the request carries.

    Args:
        service: the service principal, such as `sagemaker.amazonaws.com`.
        source_account: twelve digits, aws:SourceAccount.
        source_arn: the resource on whose behalf the service asks, aws:SourceArn.
    """

    service: str
    source_account: str
    source_arn: str

    @property
    def keys(self) -> dict[str, str]:
        """The condition keys by their name in lower case: IAM compares the names so."""
        return {"aws:sourceaccount": self.source_account, "aws:sourcearn": self.source_arn}


def assume_for_service(
    account: str, region: str, role_arn: str, service: str, *, source_arn: str | None = None
) -> dict[str, str]:
    """Assume a role as an AWS service does.

    Args:
        account: twelve digits.
        region: such as `eu-west-1`.
        role_arn: the role.
        service: the service principal, such as `sagemaker.amazonaws.com`.
        source_arn: the resource on whose behalf; without one, any of the service in the account and region.

    Returns:
        AccessKeyId, SecretAccessKey, SessionToken and Expiration (ISO 8601), as STS gives them.

    Raises:
        RoleNotFoundError: the account has no such role.
        RoleNotTrustedError: the trust policy does not allow it, denies it, or cannot be decided here.
    """
    from moto.iam.exceptions import NotFoundException  # moto takes long to import
    from moto.iam.models import iam_backends
    from moto.sts.models import sts_backends
    from moto.utilities.utils import get_partition

    partition = get_partition(region)
    try:
        role = iam_backends[account][partition].get_role_by_arn(role_arn)
    except NotFoundException as error:
        raise RoleNotFoundError(f"there is no role {role_arn} in account {account}") from error
    name = service.partition(".")[0]
    assumption = Assumption(
        service=service,
        source_account=account,
        source_arn=source_arn or f"arn:{partition}:{name}:{region}:{account}:*",
    )
    check_trust(role.assume_role_policy_document, assumption, role_arn=role_arn)
    session = sts_backends[account][partition].assume_role(
        region_name=region,
        role_session_name=name,
        role_arn=role_arn,
        policy=None,
        duration=SESSION,
        external_id=None,
    )
    return {
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.secret_access_key,
        "SessionToken": session.session_token,
        "Expiration": session.expiration.replace(tzinfo=UTC).isoformat(),  # moto's times have no zone
    }


def check_trust(policy: str | Mapping[str, Any], assumption: Assumption, *, role_arn: str) -> None:
    """Evaluate a trust policy: a Deny that matches refuses, else one Allow must match.

    What this evaluator does not know is refused by name, never guessed.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

    Raises:
        RoleNotTrustedError: the service may not assume the role.
    """
    document = json.loads(policy) if isinstance(policy, str) else policy
    try:
        effects = [
            statement["Effect"] for statement in _list(document.get("Statement")) if _matches(statement, assumption)
        ]
    except _UndecidableError as error:
        raise RoleNotTrustedError(
            f"the trust policy of {role_arn} cannot be decided for {assumption.service}: {error}"
        ) from error
    if "Deny" in effects:
        raise RoleNotTrustedError(f"the trust policy of {role_arn} denies {ACTION} to {assumption.service}")
    if "Allow" not in effects:
        raise RoleNotTrustedError(f"the trust policy of {role_arn} does not allow {ACTION} to {assumption.service}")


class _UndecidableError(Exception):
    """The policy uses what the evaluator does not know."""


def _matches(statement: Mapping[str, Any], assumption: Assumption) -> bool:
    for name in ("NotPrincipal", "NotAction"):
        if name in statement:
            raise _UndecidableError(f"{name} is not evaluated")
    return (
        _principal_matches(statement, assumption.service)
        and any(_like(pattern.lower(), ACTION.lower()) for pattern in _list(statement.get("Action")))
        and _conditions_hold(statement.get("Condition") or {}, assumption)
    )


def _principal_matches(statement: Mapping[str, Any], service: str) -> bool:
    principal = statement.get("Principal")
    if principal == "*":  # everybody is denied by it; that a service is allowed must be said by its name
        return bool(statement["Effect"] == "Deny")
    return isinstance(principal, Mapping) and service in _list(principal.get("Service"))


def _conditions_hold(conditions: Mapping[str, Mapping[str, Any]], assumption: Assumption) -> bool:
    """All operators and all keys must hold, one value of each key is enough."""
    return all(
        _condition_holds(operator, key, _list(wanted), assumption)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _condition_holds(operator: str, key: str, wanted: list[Any], assumption: Assumption) -> bool:
    if operator not in _OPERATORS:
        raise _UndecidableError(f"the condition operator {operator} is not evaluated")
    if key.lower() not in assumption.keys:
        raise _UndecidableError(f"the condition key {key} is not evaluated")
    value = assumption.keys[key.lower()]
    return any(_OPERATORS[operator](str(pattern), value) for pattern in wanted)


def _like(pattern: str, value: str) -> bool:
    """IAM's wildcards: `*` is any text, `?` any character, all else itself."""
    parts = (".*" if letter == "*" else "." if letter == "?" else re.escape(letter) for letter in pattern)
    return re.fullmatch("".join(parts), value, re.DOTALL) is not None


def _arn_like(pattern: str, value: str) -> bool:
    """Each of the six parts between colons is compared by itself."""
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    return len(wanted) == len(given) and all(_like(part, value) for part, value in zip(wanted, given, strict=True))


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda pattern, value: pattern == value,
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
}


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
