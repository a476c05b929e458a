"""What a stack has applied to one resource, compared with what its service shows now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from embedded_aws.cloudformation.property_differences import PropertyDifference, find_differences
from embedded_aws.cloudformation.secret_references import contains_secret
from embedded_aws.cloudformation.stack import Resource, now

# Properties that only guide creation or deletion, or that the service never shows.
_UNREAD = {
    "AWS::DynamoDB::GlobalTable": frozenset({"Replicas"}),
    "AWS::EC2::FlowLog": frozenset({"ResourceType"}),
    "AWS::ECR::Repository": frozenset({"EmptyOnDelete"}),
    "AWS::EMR::Cluster": frozenset({"AdditionalInfo"}),
    "AWS::Events::Connection": frozenset({"AuthParameters"}),
    "AWS::Athena::WorkGroup": frozenset({"RecursiveDeleteOption"}),
    "AWS::KMS::Key": frozenset({"PendingWindowInDays"}),
    "AWS::SecretsManager::Secret": frozenset({"GenerateSecretString", "SecretString"}),
}
# Values that a service chooses if the template leaves them open.
_SERVICE_CHOICES = {
    "AWS::Budgets::Budget": frozenset({"/Budget/BudgetName", "/Budget/TimePeriod"}),
    "AWS::EMR::Cluster": frozenset({"/Instances/Placement"}),
}


@dataclass(frozen=True, kw_only=True)
class ResourceDrift:
    """A resource that was checked.

    Args:
        status: IN_SYNC, MODIFIED or DELETED.
        expected: the properties that the template sets.
        actual: what the service shows of them; None for a deleted resource.
    """

    resource: Resource
    status: str
    expected: Mapping[str, Any]
    actual: Mapping[str, Any] | None
    differences: tuple[PropertyDifference, ...] = ()
    time: datetime = field(default_factory=now)


def compare(resource: Resource, actual: Mapping[str, Any] | None) -> ResourceDrift:
    """Compare a resource with what its service shows of it, or with None for nothing."""
    unread = _UNREAD.get(resource.type_name, frozenset())
    expected = {
        name: value for name, value in resource.properties.items() if name not in unread and not contains_secret(value)
    }
    if actual is None:
        return ResourceDrift(resource=resource, status="DELETED", expected=expected, actual=None)
    compared = {name: actual.get(name) for name in expected}
    differences = tuple(
        difference
        for name, value in expected.items()
        for difference in find_differences(value, compared[name], f"/{name}")
        if difference.kind != "ADD" or difference.path not in _SERVICE_CHOICES.get(resource.type_name, ())
    )
    status = "MODIFIED" if differences else "IN_SYNC"
    return ResourceDrift(resource=resource, status=status, expected=expected, actual=compared, differences=differences)
