"""Whether a statement applies to a request."""

from collections.abc import Collection
from functools import partial
from typing import Any

from tests.embedded_aws.iam.reference.comparisons import parse_operator
from tests.embedded_aws.iam.reference.conditions import conditions_match
from tests.embedded_aws.iam.reference.documents import get_statements, get_version, list_strings
from tests.embedded_aws.iam.reference.logic import Test, all_true, any_true, same_answer
from tests.embedded_aws.iam.reference.model import Request, UndeterminedError
from tests.embedded_aws.iam.reference.principals import ALL_GRANTS, Grant, is_excluded, is_named
from tests.embedded_aws.iam.reference.variables import CURRENT_VERSION, expand, read_patterns
from tests.embedded_aws.iam.reference.wildcards import keep_within_segments, matches, to_tokens

Statement = dict[str, Any]


def action_matches(pattern: str, action: str) -> bool:
    """Report whether an action is covered by a value of Action or NotAction."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    if pattern == "*":
        return True
    if "$" in pattern:
        raise UndeterminedError(f"a variable in an action: {pattern}")
    # Only the name of the action can include wildcards.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html#policies-grammar-notes-strings
    prefix, colon, name = pattern.partition(":")
    if colon == "" or "*" in prefix or "?" in prefix:
        raise UndeterminedError(f"an action without a service prefix: {pattern}")
    service, _, requested = action.partition(":")
    # The prefix and the name are case insensitive.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    if prefix.lower() != service.lower():
        return False
    return matches(to_tokens(name.lower()), requested.lower())


def statement_covers_action(statement: Statement, request: Request) -> bool:
    """Evaluate Action or NotAction."""
    # NotAction matches everything except the listed actions.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
    negated = "NotAction" in statement
    patterns = list_strings(statement["NotAction" if negated else "Action"])
    matched = any_true(partial(action_matches, pattern, request.action) for pattern in patterns)
    return not matched if negated else matched


def check_resource_pattern(pattern: str, version: str) -> None:
    """Raise UndeterminedError for a resource that the documentation does not describe."""
    segments = pattern.split(":")
    # A wildcard cannot be in the service segment.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    service = segments[2] if len(segments) > 2 else "*"
    if segments[0] != "arn" or "*" in service or "?" in service:
        raise UndeterminedError(f"a resource that is no ARN of one service: {pattern}")
    # A variable can only be after the fifth colon.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-resourceelement
    before = pattern.partition("${")[0]
    if version == CURRENT_VERSION and "${" in pattern and before.count(":") < 5:
        raise UndeterminedError(f"a variable before the fifth colon: {pattern}")


def resource_matches(pattern: str, version: str, request: Request) -> bool:
    """Report whether the resource is covered by a value of Resource or NotResource."""
    if pattern == "*":
        return True
    check_resource_pattern(pattern, version)
    expansion = expand(pattern, version, request.context)
    # A resource with a variable that has no value matches no resource.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
    if expansion is None:
        return False
    # A `*` at the end of a segment crosses colons. The page does not say if others do.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    patterns = read_patterns(expansion)
    within = [keep_within_segments(tokens) for tokens in patterns]
    return same_answer(
        "a wildcard across a colon, or in the value of a variable",
        (matches(tokens, request.resource) for tokens in patterns + within),
    )


def statement_covers_resource(statement: Statement, version: str, request: Request) -> bool:
    """Evaluate Resource or NotResource."""
    # Without Resource, a resource-based policy applies to the resource it is attached to.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#access_policies-json
    if "Resource" not in statement and "NotResource" not in statement:
        return True
    # NotResource matches every resource except the listed ones.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
    negated = "NotResource" in statement
    patterns = list_strings(statement["NotResource" if negated else "Resource"])
    tests = [partial(resource_matches, pattern, version, request) for pattern in patterns]
    matched = any_true(tests)
    # "Might cause the entire statement to be invalid" is all the page says of the others.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    if matched != negated and any(
        "${" in pattern and expand(pattern, version, request.context) is None for pattern in patterns
    ):
        raise UndeterminedError("a variable without a value may invalidate the statement")
    return not matched if negated else matched


def statement_applies(statement: Statement, version: str, request: Request, principal_test: Test | None = None) -> bool:
    """Report whether every element of a statement matches the request."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#access_policies-json
    tests: list[Test] = [
        partial(statement_covers_action, statement, request),
        partial(statement_covers_resource, statement, version, request),
        partial(conditions_match, statement.get("Condition", {}), version, request.context),
    ]
    return all_true(tests if principal_test is None else [principal_test, *tests])


def has_statement(policy: dict[str, Any], effect: str, request: Request) -> bool:
    """Report whether a policy without principals has a statement that applies."""
    # Statements are joined by OR.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#access_policies-json
    return any_true(
        partial(statement_applies, statement, get_version(policy), request)
        for statement in get_statements(policy)
        if statement["Effect"] == effect
    )


def resource_policy_denies(policy: dict[str, Any], request: Request, *, has_boundary: bool) -> bool:
    """Report whether a resource-based policy denies the request explicitly."""
    return any_true(
        partial(
            statement_applies,
            statement,
            get_version(policy),
            request,
            partial(deny_covers_principal, statement, request, has_boundary=has_boundary),
        )
        for statement in get_statements(policy)
        if statement["Effect"] == "Deny"
    )


def deny_covers_principal(statement: Statement, request: Request, *, has_boundary: bool) -> bool:
    """Evaluate Principal or NotPrincipal of a statement with the effect Deny."""
    if "NotPrincipal" in statement:
        return is_excluded(statement, request.principal, has_boundary=has_boundary)
    return is_named(statement, request.principal)


def allow_covers_principal(statement: Statement, request: Request, kinds: Collection[Grant]) -> bool:
    """Evaluate Principal of a statement with the effect Allow."""
    named = is_named(statement, request.principal, kinds)
    by_name: tuple[Grant, ...] = ("service",)
    if named and request.principal.kind == "service" and not is_named(statement, request.principal, by_name):
        # A wildcard grants access to "all users". The page does not say whether services are users.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
        raise UndeterminedError("an allow for all principals, and a service principal")
    return named


def resource_policy_allows(
    policy: dict[str, Any] | None,
    request: Request,
    kinds: Collection[Grant] = ALL_GRANTS,
    *,
    by_principal_arn: bool = False,
) -> bool:
    """Report whether a resource-based policy names the principal in one of the given ways.

    `by_principal_arn` selects the statements that also compare aws:PrincipalArn.
    """
    return policy is not None and any_true(
        partial(
            statement_applies,
            statement,
            get_version(policy),
            request,
            partial(allow_covers_principal, statement, request, kinds),
        )
        for statement in get_statements(policy)
        if statement["Effect"] == "Allow" and (not by_principal_arn or compares_principal_arn(statement))
    )


def compares_principal_arn(statement: Statement) -> bool:
    """Report whether a statement requires aws:PrincipalArn to match a value."""
    return any(
        key.lower() == "aws:principalarn" and parse_operator(name).base != "Null"
        for name, keys in statement.get("Condition", {}).items()
        for key in keys
        if parse_operator(name) == parse_operator(parse_operator(name).base)
    )
