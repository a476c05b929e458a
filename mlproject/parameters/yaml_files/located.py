"""Values that keep the file and line where they were written, so that later checks can report them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mlproject.parameters.findings import Finding


@dataclass(frozen=True, kw_only=True, slots=True)
class Located:
    """A value of a YAML file.

    Args:
        value: a scalar, or a mapping or tuple of located values.
        raw: a scalar as written; `a mapping` or `a list` for other values.
        file: path relative to the repository root, with forward slashes.
        line: counted from 1.
        key: path of the key in that file.
    """

    value: Mapping[str, Located] | tuple[Located, ...] | str | int | float | bool | None
    raw: str
    file: str
    line: int
    key: str

    @property
    def mapping(self) -> Mapping[str, Located]:
        """The keys and values; empty if this is not a mapping."""
        return self.value if isinstance(self.value, Mapping) else {}

    def at(self, *path: str | int) -> Located | None:
        """Return the value at a path of keys and indexes; None if there is none."""
        found: Located | None = self
        for part in path:
            if found is None:
                return None
            if isinstance(part, int):
                items = found.value if isinstance(found.value, tuple) else ()
                found = items[part] if part < len(items) else None
            else:
                found = found.mapping.get(part)
        return found

    def text(self, *path: str | int) -> str | None:
        """Return the string at a path; None if there is none or the value is not a string."""
        found = self.at(*path)
        return found.value if found is not None and isinstance(found.value, str) else None

    def plain(self) -> Any:
        """Return the value without locations, as dicts, tuples and scalars."""
        if isinstance(self.value, Mapping):
            return {key: item.plain() for key, item in self.value.items()}
        if isinstance(self.value, tuple):
            return tuple(item.plain() for item in self.value)
        return self.value

    def finding(self, message: str, *, allowed: str = "", suggestion: str = "") -> Finding:
        """Return a finding at this location."""
        return Finding(
            file=self.file,
            line=self.line,
            key=self.key,
            value=self.raw,
            message=message,
            allowed=allowed,
            suggestion=suggestion,
        )


def child_key(parent: str, name: str | int) -> str:
    """Return the path of a key or list item: `storage.days`, `zones[1]`."""
    if isinstance(name, int):
        return f"{parent}[{name}]"
    return f"{parent}.{name}" if parent else name


def merge(common: Located, override: Located, *, whole: frozenset[str] = frozenset()) -> Located:
    """Apply overrides to the common values: mappings are merged key by key, other values replaced.

    Args:
        common: the common values.
        override: the overrides; the result has their location.
        whole: keys at this level whose mappings are replaced as a whole.
    """
    merged = dict(common.mapping)
    for key, item in override.mapping.items():
        below = merged.get(key)
        both_mappings = below is not None and isinstance(below.value, Mapping) and isinstance(item.value, Mapping)
        if below is not None and both_mappings and key not in whole:
            merged[key] = replace(merge(below, item), line=below.line, key=below.key)
        else:
            merged[key] = item
    return replace(override, value=merged)


def without_nulls(tree: Located) -> Located:
    """Remove keys with the value null."""
    if not isinstance(tree.value, Mapping):
        return tree
    non_null = {key: without_nulls(item) for key, item in tree.value.items() if item.value is not None}
    return replace(tree, value=non_null)
