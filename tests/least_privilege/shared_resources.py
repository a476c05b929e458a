"""What projects share, with the reasons: the reviewed file shared_resources.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import TypeAdapter
from ruamel.yaml import YAML

_FILE = Path(__file__).with_name("shared_resources.yaml")


@dataclass(frozen=True, kw_only=True)
class SharedResources:
    """Resources of a project with which roles of another one may do something.

    Args:
        resources: patterns of ARNs.
        reason: why.
        roles: kinds of the roles; every kind if empty.
        source: AWS's page, if the reason is AWS's.
    """

    resources: tuple[str, ...]
    reason: str
    roles: tuple[str, ...] = ()
    source: str | None = None

    def patterns_of(self, role: str, resource: str) -> set[str]:
        """Return the patterns that let a kind of role use a resource."""
        if self.roles and role not in self.roles:
            return set()
        return {pattern for pattern in self.resources if fnmatchcase(resource, pattern)}


def read_shared_resources() -> tuple[SharedResources, ...]:
    """Return the reviewed exceptions."""
    return TypeAdapter(tuple[SharedResources, ...]).validate_python(YAML(typ="safe").load(_FILE))
