"""The page on the audit follows from the committed counts and from the registered judges."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from audit.registry import JUDGES
from tests.docs.pages import LANGUAGES, ROOT, page


@pytest.fixture(scope="module")
def result() -> Mapping[str, Any]:
    read: dict[str, Any] = json.loads((ROOT / "benchmarks" / "results" / "audit.json").read_text())
    return read


def number(value: float, language: str) -> str:
    return str(value).replace(".", "," if language == "es" else ".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_findings_has_the_committed_counts(language: str, result: Mapping[str, Any]) -> None:
    text = page(language, "audit.md")
    for judge in result["judges"]:
        rates = [number(each["findings"][judge]["per 100 resources"], language) for each in result["repositories"]]
        assert f"| {judge} | {' | '.join(rates)} |\n" in text
    for key in ("templates", "resources", "policies"):
        counts = " | ".join(str(each[key]) for each in result["repositories"])
        assert f" | {counts} |\n" in text, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compared_repositories_are_named_with_their_commit(language: str, result: Mapping[str, Any]) -> None:
    text = page(language, "audit.md")
    for each in result["repositories"][1:]:
        assert f"https://github.com/{each['repository']}/tree/{each['commit']}" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_judge_has_a_row(language: str) -> None:
    first_cells = {
        line.split("|")[1].strip() for line in page(language, "audit.md").splitlines() if line.startswith("| ")
    }
    named = {cell.strip("[").split("]")[0].lower().replace(" ", "-") for cell in first_cells}
    assert {judge.name for judge in JUDGES} - {"cfn-guard"} <= named
    assert "cloudformation-guard" in named
