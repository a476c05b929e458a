"""Who may push, merge, create tags or deploy, as GitLab's protections list it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# https://docs.gitlab.com/api/protected_branches/#valid-access-levels
NO_ONE, DEVELOPER, MAINTAINER, ADMINISTRATOR = 0, 30, 40, 60
_ROLES: Mapping[int, str] = {
    NO_ONE: "no one",
    DEVELOPER: "developers",
    MAINTAINER: "maintainers",
    ADMINISTRATOR: "administrators",
}
# Single users and groups exist in Premium and Ultimate, deploy keys in every tier.
_HOLDERS: Mapping[str, str] = {"user_id": "user", "group_id": "group", "deploy_key_id": "deploy key"}


@dataclass(frozen=True, kw_only=True)
class AccessRule:
    """A role, user, group or deploy key that has a right.

    Args:
        id: the ID of the rule; None in GitLab versions that do not return it.
        level: the access level of the role; None for a user, group or deploy key.
        holder: the user, group or deploy key, such as `group 7`; empty for a role.
    """

    id: int | None = None
    level: int | None = None
    holder: str = ""

    @property
    def admits_developers(self) -> bool:
        """Whether everyone with the role Developer has the right."""
        return self.level is not None and NO_ONE < self.level < MAINTAINER

    @property
    def admits_nobody(self) -> bool:
        return self.level == NO_ONE

    def describe(self) -> str:
        if self.level is None:
            return self.holder
        return _ROLES.get(self.level, f"access level {self.level}")


def parse_access_rules(items: Iterable[Mapping[str, Any]]) -> tuple[AccessRule, ...]:
    """Return the rules in an answer of GitLab, such as its `push_access_levels`."""
    return tuple(_parse(item) for item in items)


def describe_access(rules: Iterable[AccessRule]) -> str:
    """Return who has a right, such as `maintainers, group 7`. GitLab has no rule for a right that no one has."""
    return ", ".join(dict.fromkeys(rule.describe() for rule in rules)) or _ROLES[NO_ONE]


def excludes_developers(rules: Iterable[AccessRule] | None) -> bool:
    """Whether a protection exists and requires more than the role Developer.

    Users, groups and deploy keys are the team's choice, and so is a right that no one has.
    """
    return rules is not None and not any(rule.admits_developers for rule in rules)


def _parse(item: Mapping[str, Any]) -> AccessRule:
    # The rule of a deploy key also has an access level, which is not that of a role.
    holders = [f"{noun} {item[key]}" for key, noun in _HOLDERS.items() if item.get(key) is not None]
    if holders:
        return AccessRule(id=item.get("id"), holder=holders[0])
    return AccessRule(id=item.get("id"), level=item.get("access_level"))
