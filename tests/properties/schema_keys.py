"""The keys of the committed JSON schemas, and those that a file has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# Stands for the names that people choose, such as those of notebooks.
ANY_NAME = "*"
_OVERRIDES = ("environments", ANY_NAME)
Path = tuple[str, ...]


def schema_keys(schema: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    """Yield the path of each key that a schema has, without those of overrides, which are the same."""
    for name, item in schema.get("properties", {}).items():
        yield (*path, name)
        yield from schema_keys(item, (*path, name))
    named = [schema.get("additionalProperties"), *schema.get("patternProperties", {}).values()]
    for item in named if path != _OVERRIDES[:1] else ():
        if isinstance(item, dict):
            yield (*path, ANY_NAME)
            yield from schema_keys(item, (*path, ANY_NAME))
    if isinstance(schema.get("items"), dict):
        yield from schema_keys(schema["items"], path)
    for choice in schema.get("anyOf", ()):
        yield from schema_keys(choice, path)


def used_keys(document: Any, known: frozenset[Path], path: Path = ()) -> Iterator[Path]:
    """Yield the path of each key in a file, as `schema_keys` does; the keys of overrides as if they were common.

    Args:
        document: the content of the file, or of a key.
        known: the keys of the schema.
    """
    if isinstance(document, list):
        for item in document:
            yield from used_keys(item, known, path)
    if not isinstance(document, Mapping):
        return
    for name, item in document.items():
        if path == _OVERRIDES[:1]:
            yield from used_keys(item, known)
            continue
        below = (*path, name) if (*path, name) in known else (*path, ANY_NAME)
        yield below
        if item is not None:
            yield from used_keys(item, known, below)
