"""The committed JSON schemas are up to date, and accept and reject the same values as `load_parameters`."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from mlproject.parameters.input_models import schema
from tests.checkouts import EXAMPLE, ROOT
from tests.parameters.sample_files import ENVIRONMENTS, PROJECT, SERVICES, InvalidCase, cases_in, replaced


def committed(name: str) -> jsonschema.Draft7Validator:
    document = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(document)
    return jsonschema.Draft7Validator(document)


def from_yaml(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(io.StringIO(text))


@pytest.mark.parametrize("path", schema.render())
def test_a_committed_schema_is_fresh(path: str) -> None:
    assert (ROOT / path).read_text() == schema.render()[path], "run `mlproject check --write-schemas`"


@pytest.mark.parametrize("path", ["environments.yaml", "projects/flights/project.yaml"])
def test_a_file_of_the_example_platform_follows_the_schema_that_it_names(path: str) -> None:
    file = EXAMPLE / path
    modeline = file.read_text().splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    named = (file.parent / modeline).resolve()
    assert named.is_relative_to(ROOT / "schemas")
    committed(named.name.removesuffix(".schema.json")).validate(from_yaml(file.read_text()))


@pytest.mark.parametrize(
    ("name", "text"), [("environments", ENVIRONMENTS), ("project", PROJECT), ("project", SERVICES)]
)
def test_the_schema_takes_what_loading_takes(name: str, text: str) -> None:
    committed(name).validate(from_yaml(text))


def test_null_that_removes_a_common_value_passes_the_schema() -> None:
    overrides = (
        "  dev: {tags: {team: null}, storage: {archive_after_days: null}, pipeline: {parameters: {Margin: null}}}\n"
    )
    committed("project").validate(from_yaml(replaced(PROJECT, "  dev: {}\n", overrides)))


def validators(errors: Iterable[jsonschema.ValidationError]) -> set[str]:
    """Return the failing validators, including those inside alternatives such as a cluster or null."""
    found: set[str] = set()
    for error in errors:
        found |= {str(error.validator)} | validators(error.context)
    return found


SEEN_BY_EDITORS = [
    *(("environments", ENVIRONMENTS, case) for case in cases_in("environments.txt")),
    *(("project", PROJECT, case) for case in cases_in("project.txt")),
    *(("project", SERVICES, case) for case in cases_in("services.txt")),
]


@pytest.mark.parametrize(
    ("name", "text", "case"),
    [each for each in SEEN_BY_EDITORS if any("unknown key" in line for line in each[2].expected)],
)
def test_the_schema_refuses_each_unknown_key_that_loading_refuses(name: str, text: str, case: InvalidCase) -> None:
    errors = committed(name).iter_errors(from_yaml(replaced(text, case.old, case.new)))
    assert "additionalProperties" in validators(errors)


@pytest.mark.parametrize(
    ("name", "text", "case"),
    [each for each in SEEN_BY_EDITORS if any("is read as" in line for line in each[2].expected)],
)
def test_the_schema_refuses_each_wrong_type_that_loading_refuses(name: str, text: str, case: InvalidCase) -> None:
    errors = committed(name).iter_errors(from_yaml(replaced(text, case.old, case.new)))
    assert "type" in validators(errors)


def test_an_override_need_not_be_complete_and_may_remove_what_is_common() -> None:
    overrides = (
        "  dev: {emr: {core_count: 2}, operations: {schedule: null}, notebooks: {explore: {volume_gb: 50}}}\n"
        "  prod: {emr: null, operations: null, notebooks: {explore: null}, existing_data: {athena: null}}\n"
    )
    committed("project").validate(from_yaml(replaced(SERVICES, "  dev: {}\n", overrides)))


def test_an_editor_offers_the_types_that_the_platform_supports() -> None:
    errors = committed("project").iter_errors(from_yaml(replaced(SERVICES, "ml.t3.medium", "ml.p2.xlarge")))
    assert [error.validator for error in errors] == ["enum"]


def test_every_key_is_explained() -> None:
    unexplained = [path for text in schema.render().values() for path in _unexplained(json.loads(text), "")]
    assert unexplained == []


def _unexplained(document: dict[str, Any], path: str) -> list[str]:
    found = []
    for name, item in document.get("properties", {}).items():
        below = f"{path}/{name}"
        found += [] if item.get("description") else [below]
        for choice in (item, item.get("additionalProperties"), *item.get("anyOf", ())):
            found += _unexplained(choice, below) if isinstance(choice, dict) else []
    return found
