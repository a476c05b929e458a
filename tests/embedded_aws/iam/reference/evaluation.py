"""The decision for one request."""

from collections.abc import Sequence
from functools import partial

from tests.embedded_aws.iam.reference.grants import (
    boundary_allows,
    identity_allows,
    identity_allows_in_account,
    identity_path_allows,
    raise_for_open_grants,
    resource_allows,
    resource_allows_directly,
    resource_allows_within_limits,
    session_allows,
)
from tests.embedded_aws.iam.reference.logic import Test, all_true, any_true
from tests.embedded_aws.iam.reference.model import Decision, Policies, PolicyType, Request, UndeterminedError
from tests.embedded_aws.iam.reference.requests import validate
from tests.embedded_aws.iam.reference.statements import has_statement, resource_policy_denies

Rule = tuple[PolicyType, Test]


def evaluate(request: Request, policies: Policies) -> Decision:
    """Decide a request. Raises UndeterminedError where the documentation leaves it open."""
    validate(request, policies)
    # An explicit deny in any policy overrides every allow.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    denied_by = find_first(list_denies(request, policies))
    if denied_by is not None:
        return Decision("ExplicitDeny", denied_by)
    allowed_by = find_first(list_allows(request, policies))
    if allowed_by is not None:
        return Decision("Allow", allowed_by)
    return Decision("ImplicitDeny", find_missing_allow(request, policies))


def find_first(rules: Sequence[Rule]) -> PolicyType | None:
    """Return the policy type of the first rule that is true."""
    if not any_true(test for _, test in rules):
        return None
    for policy_type, test in rules:
        try:
            if test():
                return policy_type
        except UndeterminedError:
            continue
    return None


def list_denies(request: Request, policies: Policies) -> list[Rule]:
    """Return one rule for each policy type that can deny explicitly."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    has_boundary = policies.boundary is not None
    rules: list[Rule] = []
    if policies.resource is not None:
        deny = partial(resource_policy_denies, policies.resource, request)
        rules.append(("resource", partial(deny, has_boundary=has_boundary)))
    for policy in policies.identity:
        rules.append(("identity", partial(has_statement, policy, "Deny", request)))
    if policies.boundary is not None:
        rules.append(("boundary", partial(has_statement, policies.boundary, "Deny", request)))
    for policy in policies.session or ():
        rules.append(("session", partial(has_statement, policy, "Deny", request)))
    return rules


def list_allows(request: Request, policies: Policies) -> list[Rule]:
    """Return the rules that can allow the request."""
    kind = request.principal.kind
    if kind == "service":
        # A service principal has no account, only the resource-based policy applies.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services-in-opt-in-regions
        return [("resource", partial(resource_allows, request, policies))]
    if request.principal.account != request.resource_account:
        # Both accounts have to allow a cross-account request.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
        both = [partial(resource_allows, request, policies)]
        if kind != "root":
            both.append(partial(identity_path_allows, request, policies))
        # The root user has all permissions that are granted to its account.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-cross-account-resource-access.html
        return [("resource", partial(all_true, both))]
    if kind == "root":
        # The account root user has full access.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
        return [("root", lambda: True)]
    return [
        ("resource", partial(resource_allows_directly, request, policies)),
        ("resource", partial(resource_allows_within_limits, request, policies)),
        ("identity", partial(identity_allows_in_account, request, policies)),
        ("resource", partial(raise_for_open_grants, request, policies)),
    ]


def find_missing_allow(request: Request, policies: Policies) -> PolicyType:
    """Return the first policy type that lacks an allow, in the order of the documentation."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    if request.principal.kind in ("service", "root"):
        return "resource"
    checks: list[Rule] = [
        ("identity", partial(identity_allows, request, policies)),
        ("boundary", partial(boundary_allows, request, policies)),
        ("session", partial(session_allows, request, policies)),
    ]
    for policy_type, test in checks:
        try:
            if not test():
                return policy_type
        except UndeterminedError:
            continue
    return "resource"
