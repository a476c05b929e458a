"""AWS's rules about resource types: one source for the CloudFormation engine, the data-loss guard and the checks."""

from __future__ import annotations

from embedded_aws.resource_rules.differences import changed_paths
from embedded_aws.resource_rules.overrides import Override, overrides
from embedded_aws.resource_rules.properties import property_findings
from embedded_aws.resource_rules.rules import Recreation, ResourceRules, UnknownTypeError, resource_rules
from embedded_aws.resource_rules.schemas import type_names

__all__ = [
    "Override",
    "Recreation",
    "ResourceRules",
    "UnknownTypeError",
    "changed_paths",
    "overrides",
    "property_findings",
    "resource_rules",
    "type_names",
]
