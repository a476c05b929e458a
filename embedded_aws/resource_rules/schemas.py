"""The resource schemas that cfn-lint bundles, read from its files: importing cfn-lint takes 3 s, this 10 ms.

A test compares what is read here with what cfn-lint's own manager answers.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from embedded_aws.resource_rules.custom_resources import SCHEMAS as CUSTOM_RESOURCES

DEFAULT_REGION = "us-east-1"


@cache
def _folder() -> Path:
    """Where the installed cfn-lint keeps its schemas; finding a package does not import it."""
    spec = find_spec("cfnlint")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("cfn-lint is not installed: run `make install`.")
    return Path(next(iter(spec.submodule_search_locations)), "data", "schemas")


@cache
def _index(region: str) -> dict[str, str]:
    """Type name to the schema's file; a region that cfn-lint does not know is read as us-east-1, as it does itself."""
    path = _folder() / "providers" / f"{region}.json"
    if not path.is_file():
        path = _folder() / "providers" / f"{DEFAULT_REGION}.json"
    index: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return index


def type_names(region: str = DEFAULT_REGION) -> frozenset[str]:
    """Every resource type that a region has."""
    return frozenset(_index(region))


@cache
def schema(type_name: str, region: str = DEFAULT_REGION) -> dict[str, Any] | None:
    """The schema of one type, or None when the region has no such type. Don't change what it returns."""
    file = _index(region).get(type_name)
    if file is None:
        return CUSTOM_RESOURCES.get(type_name)
    found: dict[str, Any] = json.loads((_folder() / "resources" / f"{file}.json").read_text(encoding="utf-8"))
    return found
