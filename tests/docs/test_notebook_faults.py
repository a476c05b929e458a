"""The table of the page on faults of a notebook has a row for each tested fault, with what its test sees."""

from __future__ import annotations

import ast

import pytest

from tests.docs.pages import LANGUAGES, ROOT, codes, page, rows
from tests.lifecycle_scripts.fault_cases import CASES, PERMISSIONS, TEXTS
from tests.lifecycle_scripts.test_start_faults import FAULTS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_is_a_fault_that_is_tested_and_every_tested_fault_is_a_row(language: str) -> None:
    table = [cells for cells in rows(page(language, "notebook-faults.md")) if len(cells) == 4]
    assert [(codes(cells[0])[0], codes(cells[2])[0]) for cells in table] == [
        (key, case.shown) for key, case in CASES.items()
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_permission_that_a_test_denies_is_a_row_with_the_place_of_its_message(language: str) -> None:
    table = [cells for cells in rows(page(language, "notebook-faults.md")) if len(cells) == 3]
    assert [(codes(cells[0])[0], cells[2].strip("`")) for cells in table] == [
        (action, TEXTS[language].get(place, place)) for action, place in PERMISSIONS.items()
    ]


@pytest.mark.parametrize("key", CASES)
def test_the_test_of_a_fault_exists_and_reads_what_is_shown(key: str) -> None:
    case = CASES[key]
    functions = [
        node
        for node in ast.walk(ast.parse((ROOT / case.file).read_text()))
        if isinstance(node, ast.FunctionDef) and node.name == case.test
    ]
    assert len(functions) == 1
    assert key in FAULTS or f"CASES['{key}']" in ast.unparse(functions[0])
