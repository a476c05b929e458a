"""Runs in .venv-audit: reads policies from standard input, and compares them with policy-sentry's data of AWS."""

from __future__ import annotations

import json
import sys
from fnmatch import fnmatchcase
from typing import Any

from policy_sentry.analysis.expand import determine_actions_to_expand
from policy_sentry.querying.actions import get_action_data
from policy_sentry.querying.all import get_all_actions

KNOWN = get_all_actions(lowercase=True)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def analyze(policy: dict[str, Any]) -> dict[str, list[str]]:
    """Return the actions concerned, by rule."""
    unknown, unrestricted = set(), set()
    for statement in listed(policy["document"]["Statement"]):
        actions = listed(statement.get("Action", []))
        unknown |= {action for action in actions if action != "*" and not is_known(action)}
        if policy["kind"] == "identity" and statement["Effect"] == "Allow" and "*" in listed(statement.get("Resource")):
            expanded = determine_actions_to_expand([action for action in actions if is_known(action)])
            unrestricted |= {action for action in expanded if can_be_restricted(action)}
            unrestricted |= {"*"} & set(actions)
    return {"UnknownAction": sorted(unknown), "UnrestrictedResource": sorted(unrestricted)}


def is_known(action: str) -> bool:
    pattern = action.lower()
    return pattern in KNOWN or ("*" in pattern and any(fnmatchcase(known, pattern) for known in KNOWN))


def can_be_restricted(action: str) -> bool:
    """Return whether AWS lists a type of resource for the action."""
    service, name = action.split(":")
    return any(each["resource_arn_format"] != "*" for each in get_action_data(service, name)[service])


json.dump(
    [
        {"resource": policy["name"], "rule": rule, "message": ", ".join(actions)}
        for policy in json.load(sys.stdin)
        for rule, actions in analyze(policy).items()
        if actions
    ],
    sys.stdout,
)
