"""The differences between two locks: versions that were added, changed or removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class VersionChange:
    """A library that differs between two locks.

    Args:
        name: normalised name.
        before: its version in the earlier lock; None if it was added.
        after: its version in the later lock; None if it was removed.
    """

    name: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"+ {self.name} {self.after}"
        if self.after is None:
            return f"- {self.name} {self.before}"
        return f"~ {self.name} {self.before} -> {self.after}"


def version_changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[VersionChange]:
    """Yield each library whose version differs, by name.

    Args:
        before: versions of the earlier lock by name.
        after: versions of the later lock by name.
    """
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield VersionChange(name=name, before=before.get(name), after=after.get(name))
