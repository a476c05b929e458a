"""The scores on the page are those of mutation/results.json, and the tests that it names exist."""

from __future__ import annotations

import pytest

from mlproject.translation import Language, format_number, use_language
from mutation.packages import PACKAGES, ROOT
from mutation.results import read_results, summarize
from mutation.survivors import read_survivors
from tests.docs.pages import LANGUAGES, codes, page, rows

NAME = "mutation-testing.md"
COUNTS = ("mutants", "killed", "timeout", "survived", "accepted")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scores_are_those_that_were_measured(language: Language) -> None:
    mutants, survivors = read_results(), read_survivors()
    measured = {
        package.name: summarize(own, survivors)
        for package in PACKAGES
        if (own := [mutant for mutant in mutants if package.contains(mutant.name)])
    }
    with use_language(language):
        expected = [
            [
                f"`{package.name}`",
                *(str(measured[package.name][count]) for count in COUNTS),
                f"{format_number(measured[package.name]['score'], '.1f')} %",
            ]
            for package in PACKAGES
            if package.name in measured
        ]
    lines = "\n".join(f"| {' | '.join(cells)} |" for cells in expected)
    assert [cells for cells in rows(page(language, NAME)) if len(cells) == 7] == expected, f"replace by:\n{lines}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tests_that_survivors_led_to_exist(language: str) -> None:
    named = [codes(cells[1])[0] for cells in rows(page(language, NAME)) if len(cells) == 2]
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
