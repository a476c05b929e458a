"""AWS's rules about resource types: one source for the CloudFormation engine, the data-loss guard and the checks."""

from __future__ import annotations

from mlproject.aws_rules.differences import changed_paths
from mlproject.aws_rules.overrides import Override, overrides
from mlproject.aws_rules.properties import property_findings
from mlproject.aws_rules.rules import Recreation, ResourceRules, UnknownTypeError, resource_rules
from mlproject.aws_rules.schemas import type_names

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
