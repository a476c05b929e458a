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


def test_the_results_of_a_subject_are_those_of_each_of_its_kinds_of_faults() -> None:
    planned = {(each.name, kind): count for each in list_subjects().values() for kind, count in each.counts.items()}
    rows = {(each["subject"], each["kind"]): each for each in read_results()["rows"]}
    measured = {subject for subject, _ in rows}
    assert {key: sum(row[verdict.value] for verdict in Verdict) for key, row in rows.items()} == {
        key: count for key, count in planned.items() if key[0] in measured
    }
