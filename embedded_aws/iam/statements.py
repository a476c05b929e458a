"""Which actions and resources a statement covers."""

from __future__ import annotations

from functools import partial

from embedded_aws.iam.context import Context
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.logic import any_of
from embedded_aws.iam.patterns import fill, like, resource_like
from embedded_aws.iam.policy_documents import Statement

_WILDCARDS = frozenset("*?")
# Partition, service, region, account: what a variable cannot stand for.
_PARTS_BEFORE_NAME = 5


def covers_action(statement: Statement, action: str) -> bool:
    """Whether a statement's Action or NotAction covers an action.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html

    Raises:
        UndecidableError: it depends on a pattern that AWS does not document.
    """
    negated = statement.actions is None
    patterns = (statement.not_actions if negated else statement.actions) or ()
    return any_of(partial(_is_action, pattern, action.lower()) for pattern in patterns) != negated


def covers_resource(statement: Statement, resource: str | None, action: str, context: Context) -> bool:
    """Whether a statement's Resource or NotResource covers a resource.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html

    Args:
        statement: the statement; without either, it means the resource that it is attached to.
        resource: ARN, `*`, or None where nobody knows it here.
        action: for messages.
        context: of the request.

    Raises:
        UndecidableError: it depends on a resource that is not known here, or a pattern that AWS does not document.
    """
    negated = statement.resources is None
    patterns = statement.not_resources if negated else statement.resources
    if patterns is None:
        return True
    if resource is None:
        if not negated and "*" in patterns:
            return True
        raise UndecidableError(f"the embedded AWS does not know which resource {action} means")
    covers = any_of(partial(_is_resource, pattern, resource, statement, context) for pattern in patterns) != negated
    if covers:
        _check_variables(patterns, statement, context)
    return covers


def _is_action(pattern: str, action: str) -> bool:
    if pattern == "*":
        return True
    prefix, colon, name = pattern.partition(":")
    if not colon or _WILDCARDS & set(prefix) or "$" in pattern:
        raise UndecidableError(f"the action {pattern} does not begin with the prefix of a service, or has a variable")
    service, _, wanted = action.partition(":")
    return prefix == service and like(name, wanted)


def _is_resource(pattern: str, resource: str, statement: Statement, context: Context) -> bool:
    if pattern == "*":
        return True
    parts = pattern.split(":", _PARTS_BEFORE_NAME)
    if parts[0] != "arn" or _WILDCARDS & set("".join(parts[2:3]) or "*"):
        raise UndecidableError(f"the resource {pattern} is not an ARN of one service")
    if statement.variables and "${" in "".join(parts[:_PARTS_BEFORE_NAME]):
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-resourceelement
        raise UndecidableError(
            f"the resource {pattern} has a variable before its fifth colon, which IAM does not accept"
        )
    filled = fill(pattern, context, variables=statement.variables)
    try:
        return filled is not None and resource_like(filled, resource)
    except ValueError as error:
        raise UndecidableError(f"the resource {pattern}: {error}") from error


def _check_variables(patterns: tuple[str, ...], statement: Statement, context: Context) -> None:
    """Refuse a statement that applies although one of its variables has no value.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    for pattern in patterns:
        if fill(pattern, context, variables=statement.variables) is None:
            raise UndecidableError(
                f"a variable in the resource {pattern} has no value in this request; AWS only documents that this "
                "might make the statement invalid"
            )
