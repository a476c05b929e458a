"""The ways in which policies allow a request."""

from collections.abc import Sequence
from functools import partial

from tests.embedded_aws.iam.reference.logic import Test, all_true, any_true
from tests.embedded_aws.iam.reference.model import Policies, Request, UndeterminedError
from tests.embedded_aws.iam.reference.principals import ALL_GRANTS, Grant
from tests.embedded_aws.iam.reference.statements import has_statement, resource_policy_allows


def resource_allows(request: Request, policies: Policies, kinds: Sequence[Grant] = ALL_GRANTS) -> bool:
    """Report whether the resource-based policy names the principal and allows the request."""
    return resource_policy_allows(policies.resource, request, kinds)


def identity_allows(request: Request, policies: Policies) -> bool:
    """Report whether an identity-based policy allows the request."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    return any_true(partial(has_statement, policy, "Allow", request) for policy in policies.identity)


def boundary_allows(request: Request, policies: Policies) -> bool:
    """Report whether the permissions boundary allows the request, or there is none."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    return policies.boundary is None or has_statement(policies.boundary, "Allow", request)


def session_allows(request: Request, policies: Policies) -> bool:
    """Report whether a session policy allows the request, or none was passed."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
    return policies.session is None or any_true(
        partial(has_statement, policy, "Allow", request) for policy in policies.session
    )


def limits_allow(request: Request, policies: Policies) -> bool:
    """Report whether neither the boundary nor the session policy limits the request."""
    limits = (boundary_allows, session_allows)
    return all_true(partial(limit, request, policies) for limit in limits)


def identity_path_allows(request: Request, policies: Policies) -> bool:
    """Report whether identity-based policies, boundary and session policy all allow."""
    # The permissions are the intersection of the three types.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic
    types = (identity_allows, boundary_allows, session_allows)
    return all_true(partial(allows, request, policies) for allows in types)


def identity_allows_in_account(request: Request, policies: Policies) -> bool:
    """Report whether the identity-based path is enough within one account."""
    tests: list[Test] = [partial(identity_path_allows, request, policies)]
    if needs_resource_policy(request):
        tests.append(partial(resource_allows, request, policies))
    return all_true(tests)


def needs_resource_policy(request: Request) -> bool:
    """Report whether the resource-based policy has to allow within one account, too."""
    # Role trust policies and KMS key policies must allow explicitly.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    action = request.action.lower()
    is_role = ":iam:" in request.resource and ":role/" in request.resource
    is_key = ":kms:" in request.resource and ":key/" in request.resource
    return (action.startswith("kms:") and is_key) or (action == "sts:assumerole" and is_role)


def resource_allows_directly(request: Request, policies: Policies) -> bool:
    """Report whether the resource-based policy allows, whatever other policies omit."""
    # A grant to a user ARN or to a role session ARN is not limited by an implicit deny.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    tests: list[Test] = [partial(resource_allows, request, policies, ("user", "session"))]
    if request.principal.kind == "role session":
        # Nor is a grant to a role by aws:PrincipalArn, with a wildcard as principal.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
        kinds: tuple[Grant, ...] = ("all",)
        wildcard = partial(resource_policy_allows, policies.resource, request, kinds)
        tests.append(partial(wildcard, by_principal_arn=True))
    return any_true(tests)


def resource_allows_within_limits(request: Request, policies: Policies) -> bool:
    """Report whether the resource-based policy allows, and no limit omits the request."""
    # A grant to a role ARN is limited by the boundary and the session policy.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    # A wildcard grants to users and roles of the account, no other permissions are required.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
    tests: list[Test] = [
        partial(resource_allows, request, policies, ("role", "all")),
        partial(limits_allow, request, policies),
    ]
    return all_true(tests)


def raise_for_open_grants(request: Request, policies: Policies) -> bool:
    """Raise UndeterminedError for a grant whose limits are not documented."""
    wildcard = partial(resource_allows, request, policies, ("all",))
    account = partial(resource_allows, request, policies, ("account",))
    within_limits = partial(limits_allow, request, policies)
    if all_true([wildcard, lambda: not within_limits()]):
        # Only a grant with aws:PrincipalArn to a role is documented.
        raise UndeterminedError("a wildcard principal and a boundary or session policy that omits it")
    # A key or a role that is left to the account needs an identity-based policy.
    # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
    if not needs_resource_policy(request) and all_true([account, within_limits]):
        # "Delegates authority to the account", and yet either policy type is enough.
        raise UndeterminedError("a grant to the own account without an identity-based policy")
    return False
