"""The tables of the page about SparkMagic have a row for each tested command, failure and setting."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlproject.notebooks import configure_sparkmagic
from tests.docs.pages import LANGUAGES, ROOT, codes, page, rows
from tests.spark.failure_cases import FAILURES
from tests.spark.magic_cases import CASES

TESTS = (
    "tests/spark/test_sparkmagic_failures.py",
    "tests/spark/test_application_livy.py",
    "tests/lifecycle_scripts/test_sparkmagic.py",
    "tests/lifecycle_scripts/test_authenticator.py",
)


def table(language: str, columns: int, first: str) -> list[list[str]]:
    """Return the rows of the table whose first row has some text in its first or second cell."""
    found = [cells for cells in rows(page(language, "sparkmagic.md")) if len(cells) == columns]
    start = next(number for number, cells in enumerate(found) if first in f"{cells[0]} {cells[1]}")
    return found[start:]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_has_its_responses_and_what_works_instead(language: str) -> None:
    found = {codes(cells[0])[0]: cells for cells in table(language, 4, "%spark configure")}
    assert list(found) == list(CASES)
    for name, case in CASES.items():
        _, python, pyspark, instead = found[name]
        assert case.python in python
        assert case.pyspark in pyspark
        for command in (case.in_python, case.in_pyspark):
            assert f"`{command.name}`" in instead, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_failure_is_a_row_and_is_tested(language: str) -> None:
    found = table(language, 3, next(iter(FAILURES.values())))
    assert [codes(cells[1])[0] for cells in found] == list(FAILURES.values())
    tests = "".join((ROOT / path).read_text() for path in TESTS)
    for key in FAILURES:
        assert f'FAILURES["{key}"]' in tests or f"FAILURES['{key}']" in tests


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_documented_setting_is_written_and_has_this_value(language: str, tmp_path: Path) -> None:
    configure_sparkmagic(tmp_path, url="http://10.0.0.5:8998")
    written = json.loads((tmp_path / "config.json").read_text())
    settings = {codes(cells[0])[0]: cells[1] for cells in table(language, 3, "session_configs_defaults")[:10]}
    for name, value in settings.items():
        shown = "2" if isinstance(written[name], dict) else json.dumps(written[name])
        assert shown in value.replace(",", "").split(), name
