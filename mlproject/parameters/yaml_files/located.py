"""Values that remember where they were written, so that a mistake found late can still name file and line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mlproject.parameters.finding import Finding


@dataclass(frozen=True, kw_only=True, slots=True)
class Located:
    """A value of a YAML file.

    Args:
        value: a scalar, or a mapping or tuple of located values.
        raw: a scalar as it is written; for a mapping or list, a word for it.
        file: path from the project's root, with slashes.
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
        """The keys and their values; nothing if this is no mapping."""
        return self.value if isinstance(self.value, Mapping) else {}

    def at(self, *path: str | int) -> Located | None:
        """The value under a path of keys and positions; None if there is none."""
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
        """The text under a path; None if there is none, or something else."""
        found = self.at(*path)
        return found.value if found is not None and isinstance(found.value, str) else None

    def plain(self) -> Any:
        """The value without its places: dicts, tuples and scalars."""
        if isinstance(self.value, Mapping):
            return {key: item.plain() for key, item in self.value.items()}
        if isinstance(self.value, tuple):
            return tuple(item.plain() for item in self.value)
        return self.value

    def finding(self, message: str, *, allowed: str = "", suggestion: str = "") -> Finding:
        """A mistake at this place."""
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
    """The path of a key or list item below another: `storage.days`, `zones[1]`."""
    if isinstance(name, int):
        return f"{parent}[{name}]"
    return f"{parent}.{name}" if parent else name


def merge(common: Located, override: Located, *, whole: frozenset[str] = frozenset()) -> Located:
    """Lay an environment's values over the common ones: mappings key by key, all else replaced, null removes.

    Args:
        common: the values that hold everywhere.
        override: what differs; it gives the result its place.
        whole: keys at this level that are replaced as a whole even though they are mappings.
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
    """Drop what is null: a key set to null is a key that is not there."""
    if not isinstance(tree.value, Mapping):
        return tree
    kept = {key: without_nulls(item) for key, item in tree.value.items() if item.value is not None}
    return replace(tree, value=kept)
