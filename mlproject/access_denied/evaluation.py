"""Evaluate the statements of a role with the evaluator of the embedded AWS, which decides as IAM does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.evaluator import Request, decide
from embedded_aws.iam.policy_documents import WITH_VARIABLES, parse
from embedded_aws.iam.principal import Principal

Statement = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Match:
    """A statement that allows an action on a resource.

    Args:
        sid: id of the statement.
        condition: condition block under which it allows it; empty if always.
    """

    sid: str
    condition: Mapping[str, Any]


def matching_statements(statements: Iterable[Statement], *, action: str, resource: str) -> tuple[Match, ...]:
    """Return the statements that allow an action on a resource.

    A message does not contain the values of condition keys. Conditions are therefore not evaluated, but returned.

    Args:
        statements: statements of identity-based policies.
        action: such as `s3:GetObject`.
        resource: an ARN, or `*`.
    """
    return tuple(
        Match(sid=str(statement.get("Sid", "")), condition=statement.get("Condition", {}))
        for statement in statements
        if statement["Effect"] == "Allow" and _allows(statement, action, resource)
    )


def _allows(statement: Statement, action: str, resource: str) -> bool:
    unconditional = {name: value for name, value in statement.items() if name != "Condition"}
    document = json.dumps({"Version": WITH_VARIABLES, "Statement": [unconditional]})
    try:
        policy = parse("role", document)
    except UndecidableError:
        return False
    # Without an account, the evaluator treats the resource as one of the same account.
    principal = Principal(arn="role", account="", identity=(policy,))
    return decide(principal, Request(action=action, resource=resource)).allowed
