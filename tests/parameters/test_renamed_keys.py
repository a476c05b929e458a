"""An error about a renamed key names its successor, and the table of renamed keys agrees with the schemas."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.parameters import renamed_keys
from mlproject.parameters.renamed_keys import RENAMED_KEYS, RenamedKey
from tests.checkouts import ROOT
from tests.parameters.sample_files import ENVIRONMENTS, SERVICES, error_lines, replaced, write_files
from tests.parameters.schema_keys import FILES, keys_of_schema

# As if release 2.0.0 had given these keys their present names.
TABLE = (
    RenamedKey(file="project.yaml", old="storage.expire_days", new="storage.noncurrent_days", release="2.0.0"),
    RenamedKey(file="project.yaml", old="notebooks.*.disk_gb", new="notebooks.*.volume_gb", release="2.0.0"),
    RenamedKey(
        file="project.yaml", old="existing_data.buckets.folders", new="existing_data.buckets.prefixes", release="2.0.0"
    ),
    RenamedKey(file="project.yaml", old="budget_usd", new="operations.monthly_budget_usd", release="2.1.0"),
    RenamedKey(file="environments.yaml", old="keep_data", new="retain_data", release="2.0.0"),
)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "  noncurrent_days: 30",
            "  expire_days: 30",
            "projects/flights/project.yaml:5: storage.expire_days: expire_days was renamed to noncurrent_days in "
            "release 2.0.0. Write noncurrent_days.",
        ),
        (
            "    volume_gb: 20",
            "    disk_gb: 20",
            "projects/flights/project.yaml:15: notebooks.explore.disk_gb: disk_gb was renamed to volume_gb in release "
            "2.0.0. Write volume_gb.",
        ),
        (
            "  dev: {}",
            "  dev: {notebooks: {explore: {disk_gb: 20}}}",
            "projects/flights/project.yaml:45: environments.dev.notebooks.explore.disk_gb: disk_gb was renamed to "
            "volume_gb in release 2.0.0. Write volume_gb.",
        ),
        (
            "    - {name: weather-history, prefixes",
            "    - {name: weather-history, folders",
            "projects/flights/project.yaml:40: existing_data.buckets[0].folders: folders was renamed to prefixes in "
            "release 2.0.0. Write prefixes.",
        ),
        (
            "cost_centre: CC-1001",
            "cost_centre: CC-1001\nbudget_usd: 300",
            "projects/flights/project.yaml:4: budget_usd: budget_usd was renamed to operations.monthly_budget_usd in "
            "release 2.1.0. Write operations.monthly_budget_usd.",
        ),
    ],
)
def test_a_renamed_key_of_a_project_names_its_successor_and_nothing_else_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, expected: str
) -> None:
    monkeypatch.setattr(renamed_keys, "RENAMED_KEYS", TABLE)
    write_files(tmp_path, projects={"flights": replaced(SERVICES, old, new)})
    assert [line for line in error_lines(tmp_path) if "projects/" in line] == [expected]


def test_a_renamed_key_of_an_environment_names_its_successor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renamed_keys, "RENAMED_KEYS", TABLE)
    write_files(tmp_path, environments=replaced(ENVIRONMENTS, "    retain_data: false", "    keep_data: false"))
    assert error_lines(tmp_path) == [
        "environments.yaml:7: environments.dev.keep_data: keep_data was renamed to retain_data in release 2.0.0. "
        "Write retain_data."
    ]


def test_a_key_that_was_renamed_elsewhere_stays_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renamed_keys, "RENAMED_KEYS", TABLE)
    write_files(tmp_path, environments=replaced(ENVIRONMENTS, "    retain_data: false", "    expire_days: 30"))
    (line,) = error_lines(tmp_path)
    assert "expire_days: unknown key" in line


@pytest.mark.parametrize("table", [RENAMED_KEYS, TABLE], ids=["the table", "the table of these tests"])
def test_each_successor_exists_and_no_renamed_key_does(table: tuple[RenamedKey, ...]) -> None:
    keys = {name: keys_of_schema(name, ROOT) for name in FILES}
    assert [entry for entry in table if entry.new not in keys[entry.file]] == []
    assert [entry for entry in table if entry.old in keys[entry.file]] == []
