"""Policy documents as values.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from embedded_aws.iam.conditions import Condition
from embedded_aws.iam.errors import UndecidableError

# The version that knows variables; without one a policy is of 2008-10-17.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
WITH_VARIABLES = "2012-10-17"
_VERSIONS = {WITH_VARIABLES, "2008-10-17", None}
_ELEMENTS = {
    "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Principals:
    """Whom a statement of a resource's policy means.

    Args:
        everybody: `*`, or `AWS: *`.
        by_kind: what stands under AWS, Service, Federated, CanonicalUser.
    """

    everybody: bool
    by_kind: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement.

    Args:
        name: its Sid, or its place.
        allows: Allow, else Deny.
        actions, not_actions: patterns in lower case; one of the two is there.
        resources, not_resources: patterns; both None in a trust policy.
        principals, not_principals: both None in the policy of an identity.
        conditions: all must hold.
        variables: whether `${...}` are variables.
    """

    name: str
    allows: bool
    actions: tuple[str, ...] | None
    not_actions: tuple[str, ...] | None
    resources: tuple[str, ...] | None
    not_resources: tuple[str, ...] | None
    principals: Principals | None
    not_principals: Principals | None
    conditions: tuple[Condition, ...]
    variables: bool


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A document with the name by which people know it."""

    name: str
    statements: tuple[Statement, ...]


@lru_cache(maxsize=1024)
def parse(name: str, text: str) -> Policy:
    """Read a document.

    Args:
        name: of the policy, for messages.
        text: JSON.

    Raises:
        UndecidableError: it is no policy, or has an operator that nobody knows here.
    """
    try:
        document = json.loads(text)
        version = _version(document)
        statements = document.get("Statement", [])
        listed = statements if isinstance(statements, list) else [statements]
        return Policy(
            name=name,
            statements=tuple(
                _statement(statement, place=place, variables=version == WITH_VARIABLES)
                for place, statement in enumerate(listed)
            ),
        )
    except UndecidableError as error:
        raise UndecidableError(f"{error} ({name})") from error
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise UndecidableError(f"{name} is no policy document: {type(error).__name__}: {error}") from error


def _version(document: Mapping[str, Any]) -> str | None:
    version: str | None = document.get("Version")
    if version not in _VERSIONS:
        raise ValueError(f"there is no version {version} of policies")
    return version


def _statement(statement: Mapping[str, Any], *, place: int, variables: bool) -> Statement:
    unknown = sorted(set(statement) - _ELEMENTS)
    if unknown:
        raise ValueError(f"a statement has no {', '.join(unknown)}")
    if statement["Effect"] not in {"Allow", "Deny"}:
        raise ValueError(f"the effect is Allow or Deny, not {statement['Effect']}")
    actions, not_actions = _texts(statement, "Action"), _texts(statement, "NotAction")
    if (actions is None) == (not_actions is None):
        raise ValueError("a statement has Action or NotAction")
    for element in ("Resource", "Principal"):
        if {element, f"Not{element}"} <= set(statement):
            raise ValueError(f"a statement has {element} or Not{element}, not both")
    return Statement(
        name=statement.get("Sid") or f"statement {place + 1}",
        allows=statement["Effect"] == "Allow",
        actions=actions and tuple(action.lower() for action in actions),
        not_actions=not_actions and tuple(action.lower() for action in not_actions),
        resources=_texts(statement, "Resource"),
        not_resources=_texts(statement, "NotResource"),
        principals=_principals(statement.get("Principal")),
        not_principals=_principals(statement.get("NotPrincipal")),
        conditions=tuple(
            Condition(operator=operator, key=key, wanted=_values(wanted), variables=variables)
            for operator, keys in (statement.get("Condition") or {}).items()
            for key, wanted in keys.items()
        ),
        variables=variables,
    )


def _texts(statement: Mapping[str, Any], element: str) -> tuple[str, ...] | None:
    return _values(statement[element]) if element in statement else None


def _values(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(str(each).lower() if isinstance(each, bool) else str(each) for each in values)


def _principals(element: Any) -> Principals | None:
    if element is None:
        return None
    if element == "*":
        return Principals(everybody=True)
    by_kind = tuple((kind, value) for kind, values in element.items() for value in _values(values))
    for kind, value in by_kind:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        if "*" in value and (kind, value) != ("AWS", "*"):
            raise ValueError(f"the principal {kind} {value} has a wildcard, which IAM does not accept there")
    return Principals(everybody=("AWS", "*") in by_kind, by_kind=by_kind)
