"""Formatted numbers and times, and round values for axes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlproject.drawing.svg import tag, ticks, truncate
from mlproject.report import formatting
from mlproject.report.sentences import count_stacks
from tests.report.graphs import untimed


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (None, ""),
        (0.0, "0 ms"),
        (0.002, "2 ms"),
        (0.25, "0.2 s"),
        (6.24, "6.2 s"),
        (59.99, "1 min 0 s"),
        (72, "1 min 12 s"),
    ],
)
def test_durations(seconds: float | None, expected: str) -> None:
    assert formatting.format_duration(seconds) == expected


def test_counts_take_a_plural_unless_there_is_one() -> None:
    assert [count_stacks(number) for number in (0, 1, 2, 27020)] == ["0 stacks", "1 stack", "2 stacks", "27,020 stacks"]


def test_iso_8601_times_are_formatted_and_other_texts_are_unchanged() -> None:
    assert formatting.format_time("2026-11-24T20:51:07+00:00") == "24 November 2026, 20:51 UTC"
    assert formatting.format_time("2026-11-04T09:05:00") == "4 November 2026, 09:05"
    assert formatting.format_time("yesterday") == "yesterday"


def test_differences_have_their_sign() -> None:
    assert [formatting.format_difference(value, 2) for value in (0.5, -0.25, 0)] == ["+0.50", "−0.25", "+0.00"]  # noqa: RUF001


def test_long_names_are_cut_with_a_sign_that_says_so() -> None:
    assert [truncate(text, 5) for text in ("Train", "Prepare")] == ["Train", "Prep…"]


def test_lists_are_joined_as_in_a_sentence() -> None:
    assert [formatting.join_names(list(names)) for names in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]


def test_a_number_stays_with_its_word() -> None:
    assert formatting.bind_numbers("4 stacks in 11.6 s") == "4\N{NO-BREAK SPACE}stacks in 11.6\N{NO-BREAK SPACE}s"


@untimed
@given(st.floats(0.001, 1.0))
def test_axes_have_a_few_round_values_that_cover_the_data(top: float) -> None:
    marks = ticks(top)
    assert marks[0] == 0
    assert marks[-1] >= top * 0.999999
    assert marks[-2] < top
    assert 3 <= len(marks) <= 6


def test_an_axis_without_data_still_has_ends() -> None:
    assert ticks(0) == (0.0, 1.0)


def test_an_element_escapes_its_text_and_its_values() -> None:
    assert tag("text", "<b>&", class_='"x"', stroke_width=1.5) == (
        '<text class="&#34;x&#34;" stroke-width="1.5">&lt;b&gt;&amp;</text>'
    )
