"""The page on AWS's rules names every rule, and for each all tests that bear its number, in both languages."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import LANGUAGES, ROOT, codes, links, page, rows

NAME = "aws-rules.md"
RULES = range(1, 26)


def table(language: str) -> dict[int, list[str]]:
    """The cells of each rule's row."""
    return {int(cells[0]): cells[1:] for cells in rows(page(language, NAME))}


def numbered() -> dict[int, set[str]]:
    """Rule to the files with a test that names it: `test_rule_9_...`, `test_rule_16_and_22_...`."""
    found: dict[int, set[str]] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        for numbers in re.findall(r"^def test_rule_(\d+(?:_and_\d+)*)_", path.read_text(), re.MULTILINE):
            for number in numbers.split("_and_"):
                found.setdefault(int(number), set()).add(path.relative_to(ROOT).as_posix())
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_one_row_in_order_and_no_cell_is_empty(language: str) -> None:
    assert [int(cells[0]) for cells in rows(page(language, NAME))] == list(RULES)
    assert all(len(cells) == 3 and all(cells) for cells in table(language).values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_names_exactly_the_files_whose_tests_bear_its_number(language: str) -> None:
    assert {number: set(codes(files)) for number, (_, files, _) in table(language).items()} == numbered()


def test_both_languages_name_the_same_files_and_pages() -> None:
    english, spanish = (table(language) for language in LANGUAGES)
    for number in RULES:
        for column in range(3):
            assert links(english[number][column]) == links(spanish[number][column]), number
            named = [
                sorted(code for code in codes(each[number][column]) if "/" in code or "." in code)
                for each in (english, spanish)
            ]
            assert named[0] == named[1], number


def test_a_rule_was_measured_or_has_a_page_which_stands_in_the_source_too() -> None:
    sources = "".join(
        path.read_text()
        for folder in ("embedded_aws", "mlproject", "pipelines", "stacks")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".json", ".in"}
    )
    for number, (_, _, looked_up) in table("en").items():
        assert "easured" in looked_up or links(looked_up), number
        assert [link for link in links(looked_up) if link not in sources] == [], number
