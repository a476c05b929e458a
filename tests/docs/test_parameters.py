"""The page on the parameters has every key of the schemas, with its limits and its default, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from mlproject.parameters.tables.regional_types import TYPES_OF_KEYS, missing_types
from mlproject.parameters.tables.regions import REGIONS
from tests.docs.pages import LANGUAGES, ROOT, codes, page, rows

NAME = "parameters.md"
FILES = ("project", "environments")


def branches(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema and its alternatives."""
    yield schema
    for each in schema.get("anyOf", []):
        yield from branches(each)


def keys(schema: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each key with its schema; what an environment overrides is written once, above."""
    for branch in branches(schema):
        for name, child in branch.get("properties", {}).items():
            yield prefix + name, child
            if name != "environments":
                yield from keys(child, f"{prefix}{name}.")
        if "items" in branch:
            yield from keys(branch["items"], prefix)
        if isinstance(named := branch.get("additionalProperties"), dict):
            yield from keys(named, f"{prefix}<name>.")


def schema_keys(file: str) -> dict[str, dict[str, Any]]:
    return dict(keys(json.loads((ROOT / f"schemas/{file}.schema.json").read_text())))


def table(language: str, file: str) -> dict[str, list[str]]:
    """Key to meaning, allowed, default, example (and what a change does), from the section of a file."""
    (section,) = (each for each in page(language, NAME).split("\n## ")[1:] if each.startswith(f"{file}."))
    return {codes(cells[0])[0]: cells[1:] for cells in rows(section)}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_of_the_schema_has_a_row_and_no_row_is_of_another(language: str, file: str) -> None:
    assert list(table(language, file)) == list(schema_keys(file))


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_has_the_limits_and_the_default_of_the_schema(language: str, file: str) -> None:
    documented = table(language, file)
    for key, schema in schema_keys(file).items():
        _, allowed, default, *_ = documented[key]
        limits = [branch[bound] for branch in branches(schema) for bound in ("minimum", "maximum") if bound in branch]
        assert set(map(str, limits)) <= set(re.findall(r"\d+", allowed)), key
        written = schema.get("default")
        if isinstance(written, bool | int | str):
            assert codes(default) == [written if isinstance(written, str) else json.dumps(written)], key
        elif "default" not in schema:
            assert default == "—", key
        else:
            assert default != "—" or key.startswith("network."), key


@pytest.mark.parametrize("file", FILES)
def test_both_languages_have_the_same_defaults_and_examples(file: str) -> None:
    english, spanish = (table(language, file) for language in LANGUAGES)
    for key, (_, _, default, example, *_) in english.items():
        assert codes(default) == codes(spanish[key][2]), key
        assert codes(example) == codes(spanish[key][3]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_regions_of_each_key_are_those_that_lack_its_resources(language: str) -> None:
    table = dict(cells for cells in rows(page(language, NAME)) if len(cells) == 2)
    for key, types in TYPES_OF_KEYS.items():
        lacking = [f"`{region}`" for region in REGIONS if missing_types(region).intersection(types)]
        assert table[f"`{'.'.join(key)}`"] == ", ".join(lacking), key
