"""Resource types that CloudFormation lacks in some regions: a committed table, so that loading needs no cfn-lint."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("regional_types.json")

# The keys of a project whose resources have a type that some region lacks.
TYPES_OF_KEYS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("notebooks",): ("AWS::SageMaker::NotebookInstance", "AWS::SageMaker::NotebookInstanceLifecycleConfig"),
    ("pipeline",): ("AWS::SageMaker::ModelPackageGroup",),
    ("serving",): (
        "AWS::SageMaker::Model",
        "AWS::SageMaker::EndpointConfig",
        "AWS::SageMaker::Endpoint",
    ),
    ("operations", "monthly_budget_usd"): ("AWS::Budgets::Budget",),
    ("promoted_on_approval",): ("AWS::Events::Connection", "AWS::Events::ApiDestination"),
}


@cache
def missing_types(region: str) -> frozenset[str]:
    """Return the types of TYPES_OF_KEYS that a region lacks; none for an unknown region."""
    missing: Mapping[str, str] = json.loads(TABLE.read_text())["missing"]
    return frozenset(name for name, regions in missing.items() if region in regions.split())


def is_missing(*key: str, region: str) -> bool:
    """Whether a region lacks a type of a key of TYPES_OF_KEYS, such as `operations`, `monthly_budget_usd`."""
    return not missing_types(region).isdisjoint(TYPES_OF_KEYS[key])
