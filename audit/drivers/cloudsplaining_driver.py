"""Runs in .venv-audit: reads policies from standard input, and prints cloudsplaining's findings."""

from __future__ import annotations

import json
import sys
from typing import Any

from cloudsplaining.scan.assume_role_policy_document import AssumeRolePolicyDocument
from cloudsplaining.scan.policy_document import PolicyDocument
from cloudsplaining.scan.resource_policy_document import ResourcePolicyDocument

# As in its report; each is a property of the document with the actions, statements or principals concerned.
IDENTITY = {
    "PrivilegeEscalation": "allows_privilege_escalation",
    "ResourceExposure": "permissions_management_without_constraints",
    "DataExfiltration": "allows_data_exfiltration_actions",
    "CredentialsExposure": "credentials_exposure",
    "ServiceWildcard": "service_wildcard",
    "InfrastructureModification": "infrastructure_modification",
    "NotAction": "contains_statement_using_not_action",
}
TRUST = {
    "AssumableByAnyone": "role_assumable_by_any_principal",
    "AssumableByAnyoneWithConditions": "role_assumable_by_any_principal_with_conditions",
    "AssumableByOtherAccounts": "role_assumable_by_cross_account_principals",
    "AssumableByComputeServices": "role_assumable_by_compute_services",
}
RESOURCE = {"InternetAccessible": "internet_accessible_actions"}


def analyze(policy: dict[str, Any]) -> dict[str, list[Any]]:
    """Return what is found, by rule."""
    document = policy["document"]
    if policy["kind"] == "trust":
        account = policy["account"]
        return read(AssumeRolePolicyDocument(document, current_account_id=account), TRUST)
    if policy["kind"] == "resource":
        return read(ResourcePolicyDocument(document), RESOURCE)
    return read(PolicyDocument(document), IDENTITY)


def read(document: object, rules: dict[str, str]) -> dict[str, list[Any]]:
    """Return the values of the properties that are not empty."""
    return {rule: value for rule, name in rules.items() if (value := getattr(document, name))}


json.dump(
    [
        {"resource": policy["name"], "rule": rule, "message": json.dumps(found)}
        for policy in json.load(sys.stdin)
        for rule, found in analyze(policy).items()
    ],
    sys.stdout,
)
