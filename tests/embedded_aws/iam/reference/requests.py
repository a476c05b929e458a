"""Requests and sets of policies that can occur together."""

from tests.embedded_aws.iam.reference.documents import validate_policy
from tests.embedded_aws.iam.reference.model import InvalidRequestError, Policies, Request
from tests.embedded_aws.iam.reference.principals import is_account_id


def validate(request: Request, policies: Policies) -> None:
    """Raise InvalidRequestError or InvalidPolicyError if the arguments cannot be evaluated."""
    validate_principal(request)
    validate_policy_types(request, policies)
    for policy in policies.identity:
        validate_policy(policy, has_principal=False)
    for policy in policies.session or ():
        validate_policy(policy, has_principal=False)
    if policies.boundary is not None:
        validate_policy(policies.boundary, has_principal=False)
    if policies.resource is not None:
        validate_policy(policies.resource, has_principal=True)


def validate_principal(request: Request) -> None:
    """Raise InvalidRequestError if a field of the principal is missing or superfluous."""
    principal = request.principal
    if principal.kind == "service":
        if not principal.name:
            raise InvalidRequestError("a service principal without a name")
        return
    if not is_account_id(principal.account) or not is_account_id(request.resource_account):
        raise InvalidRequestError("an account that is not a 12-digit ID")
    fields = principal.arn.split(":", 5)
    if len(fields) != 6 or fields[4] != principal.account:
        raise InvalidRequestError(f"an ARN outside the account: {principal.arn}")
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    expected = {"user": "user/", "root": "root", "role session": "assumed-role/"}
    if not fields[5].startswith(expected[principal.kind]):
        raise InvalidRequestError(f"the ARN of another kind of principal: {principal.arn}")
    if (principal.kind == "role session") != (principal.role_arn is not None):
        raise InvalidRequestError("a role session needs role_arn, other principals have none")


def validate_policy_types(request: Request, policies: Policies) -> None:
    """Raise InvalidRequestError if a principal cannot have one of the policy types."""
    kind = request.principal.kind
    # Identity-based policies and boundaries are attached to users and roles.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html
    if kind in ("service", "root") and (policies.identity or policies.boundary is not None):
        raise InvalidRequestError(f"an identity-based policy or a boundary of a {kind} principal")
    # A session policy is passed when a session is created.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
    if kind != "role session" and policies.session is not None:
        raise InvalidRequestError(f"a session policy of a {kind} principal")
    if policies.session is not None and not policies.session:
        raise InvalidRequestError("no session policy is None, not an empty sequence")
