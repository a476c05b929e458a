"""The Principal and NotPrincipal elements."""

from collections.abc import Collection
from functools import partial
from typing import Any, Literal

from tests.embedded_aws.iam.reference.documents import list_principals
from tests.embedded_aws.iam.reference.logic import any_true
from tests.embedded_aws.iam.reference.model import Principal, UndeterminedError

Grant = Literal["all", "account", "user", "role", "session", "service"]
ALL_GRANTS: tuple[Grant, ...] = ("all", "account", "user", "role", "session", "service")


def is_named(statement: dict[str, Any], principal: Principal, kinds: Collection[Grant] = ALL_GRANTS) -> bool:
    """Report whether a Principal element names the principal in one of the given ways."""
    # Several principals are joined by OR.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#Principal_specifying
    return any_true(
        partial(value_names, principal_type, value, principal, kinds)
        for principal_type, value in list_principals(statement)
    )


def value_names(principal_type: str, value: str, principal: Principal, kinds: Collection[Grant]) -> bool:
    """Report whether one value names the principal in one of the given ways."""
    # A unique ID is that of a user or of a role. It never names a session directly.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    if principal.kind == "role session" and "role" not in kinds and is_unique_id(principal_type, value):
        return False
    return find_grant(principal_type, value, principal) in kinds


def find_grant(principal_type: str, value: str, principal: Principal) -> Grant | None:
    """Return the way in which one value names the principal, or None."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
    if principal_type == "*":
        return "all"
    if principal_type == "Service":
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
        return "service" if principal.kind == "service" and value == principal.name else None
    if principal_type == "Federated":
        # A federated principal calls AssumeRoleWith..., it is not one of the kinds here.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-saml
        return None
    if principal_type == "CanonicalUser":
        raise UndeterminedError("a canonical user ID, which the request does not tell")
    return find_aws_grant(value, principal)


def find_aws_grant(value: str, principal: Principal) -> Grant | None:
    """Return the way in which a value of the type AWS names the principal, or None."""
    if value == "*":
        if principal.kind == "service":
            raise UndeterminedError('{"AWS": "*"} for a service principal')
        return "all"
    if "$" in value:
        raise UndeterminedError(f"a variable in a principal: {value}")
    if principal.kind == "service":
        return None
    # Unique IDs are those of users and roles.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
    if not value.startswith("arn:") and not is_account_id(value):
        raise UndeterminedError(f"a unique ID, which the request does not tell: {value}")
    # The account ARN and the account ID name every principal of the account.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
    if value in (principal.account, account_arn(principal)):
        return "account"
    # ARNs are compared exactly, user names are case sensitive.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-users
    if value == principal.arn:
        return "user" if principal.kind == "user" else "session"
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
    if principal.kind == "role session" and value == principal.role_arn:
        return "role"
    return None


def is_unique_id(principal_type: str, value: str) -> bool:
    """Report whether the value is the unique ID of a user or of a role."""
    return principal_type == "AWS" and value != "*" and not value.startswith("arn:") and not is_account_id(value)


def is_account_id(value: str) -> bool:
    """Report whether the value is a 12-digit account ID."""
    return len(value) == 12 and value.isascii() and value.isdigit()


def account_arn(principal: Principal) -> str:
    """Return the ARN of the principal's account, in the principal's partition."""
    partition = principal.arn.split(":")[1]
    return f"arn:{partition}:iam::{principal.account}:root"


def is_excluded(statement: dict[str, Any], principal: Principal, *, has_boundary: bool) -> bool:
    """Report whether a statement with NotPrincipal and Deny applies to the principal."""
    # It always denies a user or role that has a permissions boundary.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    if has_boundary:
        return True
    listed = list_principals(statement)
    if any(value == "*" for _, value in listed):
        raise UndeterminedError("NotPrincipal that lists all principals")
    grants = {find_grant(kind, value, principal) for kind, value in listed} - {None}
    if principal.kind in ("service", "root"):
        return not grants
    # Nothing of the principal is listed.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    if not grants:
        return True
    # A user is exempt with its account, a session with its role and its account.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    needed = {"account", "user"} if principal.kind == "user" else {"account", "role", "session"}
    if grants == needed:
        return False
    # The account is listed for another of its principals, as in the examples of the page
    # of 2023: all but the user, and all but the session, are denied.
    if "user" not in grants and "session" not in grants and lists_other(listed, principal, grants):
        return True
    raise UndeterminedError("NotPrincipal that lists only a part of principal, role and account")


def lists_other(listed: list[tuple[str, str]], principal: Principal, grants: Collection[Grant | None]) -> bool:
    """Report whether a more specific principal than the listed account or role is listed."""
    if "role" in grants:
        role_name = str(principal.role_arn).rpartition("/")[2]
        prefix = f":sts::{principal.account}:assumed-role/{role_name}/"
        return any(prefix in value for _, value in listed)
    named = (f":iam::{principal.account}:user/", f":iam::{principal.account}:role/")
    return any(prefix in value for _, value in listed for prefix in named)
