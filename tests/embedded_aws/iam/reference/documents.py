"""Structure of policy documents, and what makes one invalid."""

from typing import Any

from tests.embedded_aws.iam.reference.comparisons import parse_operator
from tests.embedded_aws.iam.reference.model import InvalidPolicyError

OLD_VERSION = "2008-10-17"
PRINCIPAL_TYPES = ("AWS", "Federated", "Service", "CanonicalUser")


def list_values(value: Any) -> list[Any]:
    """Return the values of an element that holds one value or an array."""
    # The brackets are optional around one value.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    values = value if isinstance(value, list) else [value]
    if not values:
        raise InvalidPolicyError("an array without values")
    return values


def list_strings(value: Any) -> list[str]:
    """Return the strings of an element."""
    values = list_values(value)
    if not all(isinstance(item, str) for item in values):
        raise InvalidPolicyError(f"not a string or an array of strings: {value!r}")
    return values


def get_version(policy: dict[str, Any]) -> str:
    """Return the version of the policy language."""
    # Without a Version element the policy behaves as 2008-10-17: variables are literal strings.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-using-variables
    return str(policy.get("Version", OLD_VERSION))


def get_statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of a policy. One statement needs no array."""
    statements: list[dict[str, Any]] = list_values(policy.get("Statement"))
    return statements


def validate_policy(policy: dict[str, Any], *, has_principal: bool) -> None:
    """Raise InvalidPolicyError if the grammar excludes the document."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    if get_version(policy) not in (OLD_VERSION, "2012-10-17"):
        raise InvalidPolicyError(f"Version: {policy['Version']!r}")
    for statement in get_statements(policy):
        if not isinstance(statement, dict):
            raise InvalidPolicyError(f"not a statement: {statement!r}")
        validate_statement(statement, has_principal=has_principal)


def validate_statement(statement: dict[str, Any], *, has_principal: bool) -> None:
    """Raise InvalidPolicyError if the grammar excludes the statement."""
    # The Effect value is case sensitive.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise InvalidPolicyError(f"Effect: {statement.get('Effect')!r}")
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    validate_alternatives(statement, "Action", "NotAction", required=True)
    # Resource is optional in a resource-based policy.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#access_policies-json
    validate_alternatives(statement, "Resource", "NotResource", required=not has_principal)
    for element in ("Action", "NotAction", "Resource", "NotResource"):
        if element in statement:
            list_strings(statement[element])
    validate_principals(statement, has_principal=has_principal)
    validate_condition(statement.get("Condition", {}))


def validate_alternatives(statement: dict[str, Any], element: str, negated: str, *, required: bool) -> None:
    """Raise InvalidPolicyError unless the statement has one of the two elements."""
    count = (element in statement) + (negated in statement)
    if count > 1 or (required and count == 0):
        raise InvalidPolicyError(f"{count} elements of {element} and {negated}")


def validate_principals(statement: dict[str, Any], *, has_principal: bool) -> None:
    """Raise InvalidPolicyError for a principal element that AWS does not support."""
    if not has_principal:
        # A policy that is attached to an identity has no principal element.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        if "Principal" in statement or "NotPrincipal" in statement:
            raise InvalidPolicyError("a principal in a policy that is not resource-based")
        return
    validate_alternatives(statement, "Principal", "NotPrincipal", required=True)
    # NotPrincipal must be used with Deny.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    if "NotPrincipal" in statement and statement["Effect"] == "Allow":
        raise InvalidPolicyError("NotPrincipal with the effect Allow")
    for principal_type, value in list_principals(statement):
        # A wildcard stands for all principals, not for a part of a name or ARN.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        if principal_type == "AWS" and "*" in value and value != "*":
            raise InvalidPolicyError(f"a wildcard in a part of a principal: {value}")
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
        if principal_type == "Service" and "*" in value:
            raise InvalidPolicyError(f"a wildcard in a service principal: {value}")


def list_principals(statement: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the principal types and values of Principal or NotPrincipal."""
    element = statement.get("Principal", statement.get("NotPrincipal"))
    if element == "*":
        return [("*", "*")]
    if not isinstance(element, dict) or not element or not set(element) <= set(PRINCIPAL_TYPES):
        raise InvalidPolicyError(f"Principal: {element!r}")
    return [(kind, value) for kind in element for value in list_strings(element[kind])]


def validate_condition(block: Any) -> None:
    """Raise InvalidPolicyError if a condition block is not a map of maps."""
    if not isinstance(block, dict):
        raise InvalidPolicyError(f"Condition: {block!r}")
    for operator, keys in block.items():
        parse_operator(operator)
        if not isinstance(keys, dict):
            raise InvalidPolicyError(f"{operator}: {keys!r}")
        for values in keys.values():
            for value in list_values(values):
                if not isinstance(value, str | bool | int | float):
                    raise InvalidPolicyError(f"a condition value: {value!r}")
