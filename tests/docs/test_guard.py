"""The table of the page on the guard has a row for each tested change, with its verdict and what then happened."""

from __future__ import annotations

import pytest

from mlproject.deployment import Verdict
from tests.deploy.guard_cases import CASES
from tests.docs.pages import LANGUAGES, codes, page, rows

NAME = "guard.md"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_is_a_test_and_every_test_is_a_row(language: str) -> None:
    table = [cells for cells in rows(page(language, NAME)) if len(cells) == 4]
    assert [[codes(cell)[0] for cell in cells] for cells in table] == [
        [case.type, case.verdict, case.option, case.status] for case in CASES.values()
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_is_explained(language: str) -> None:
    explained = [codes(cells[0])[0] for cells in rows(page(language, NAME)) if len(cells) == 3]
    assert explained == list(Verdict)
