"""The keys of project.yaml and environments.yaml, from their committed schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FILES = ("project.yaml", "environments.yaml")
# The overrides of an environment have the same keys as the whole file.
_OVERRIDES = "environments"


def keys_of_schema(name: str, checkout: Path) -> frozenset[str]:
    """Return the paths of all keys of a file, such as `notebooks.*.volume_gb`; `*` is any name.

    Args:
        name: one of FILES.
        checkout: contains the schemas.
    """
    text = (checkout / "schemas" / f"{name.removesuffix('.yaml')}.schema.json").read_text()
    return frozenset(key for key in _keys(json.loads(text), "") if not key.startswith(f"{_OVERRIDES}."))


def _keys(schema: Mapping[str, Any], parent: str) -> Iterator[str]:
    for name, value in schema.get("properties", {}).items():
        yield f"{parent}{name}"
        yield from _keys(value, f"{parent}{name}.")
    for name in ("additionalProperties", "items"):
        if isinstance(schema.get(name), dict):
            # The items of a list have the key of the list.
            yield from _keys(schema[name], f"{parent}*." if name == "additionalProperties" else parent)
    for choice in schema.get("anyOf", ()):
        yield from _keys(choice, parent)
