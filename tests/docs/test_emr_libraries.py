"""The table of the page on the libraries of a cluster has a row for each tested fault, with what its test sees."""

from __future__ import annotations

import ast

import pytest

from tests.bootstrap_actions.fault_cases import CASES
from tests.bootstrap_actions.test_node_faults import FAULTS
from tests.docs.pages import LANGUAGES, ROOT, codes, page, rows


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_is_a_fault_that_is_tested_and_every_tested_fault_is_a_row(language: str) -> None:
    table = [cells for cells in rows(page(language, "emr-libraries.md")) if codes(cells[0])[:1] and len(cells) == 4]
    assert [(codes(cells[0])[0], codes(cells[2])[0]) for cells in table] == [
        (key, case.shown) for key, case in CASES.items()
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
    assert key in FAULTS or repr(key) in ast.unparse(functions[0])
