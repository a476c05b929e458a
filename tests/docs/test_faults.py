"""The pages on faults show the results of the last whole campaign."""

from __future__ import annotations

import pytest

from faults.campaign import list_subjects
from faults.model import Verdict
from faults.results import END, START, read_results, render_table
from tests.docs.pages import LANGUAGES, page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_is_that_of_the_results(language: str) -> None:
    shown = page(language, "faults.md").partition(START)[2].partition(END)[0].strip()
    assert shown == render_table(read_results(), language)


def test_the_results_are_those_of_every_kind_of_fault() -> None:
    planned = {(each.name, kind): count for each in list_subjects().values() for kind, count in each.counts.items()}
    rows = {(each["subject"], each["kind"]): each for each in read_results()["rows"]}
    assert {key: sum(row[verdict.value] for verdict in Verdict) for key, row in rows.items()} == planned
