"""A message is English for programs, and what people read in the selected language, with its numbers and dates."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from mlproject.translation import (
    Message,
    counted,
    format_date,
    format_number,
    joined,
    selected_language,
    translated,
    use_language,
)


@pytest.fixture
def spanish() -> Iterator[None]:
    with use_language("es"):
        yield


STACKS = counted(12345, "{number:,} stack", "{number:,} stacks")


def test_a_message_is_its_english_text_in_every_language(spanish: None) -> None:
    assert STACKS == "12,345 stacks"
    assert json.dumps({"text": STACKS}) == '{"text": "12,345 stacks"}'


def test_a_message_is_translated_with_the_numbers_of_the_language(spanish: None) -> None:
    assert translated(Message("idle {cost} a month", cost=STACKS)) == "en reposo: 12.345 stacks al mes"
    assert translated("{seconds:.1f} s", seconds=2.25) == "2,2 s"


def test_without_another_language_texts_stay_english() -> None:
    assert selected_language() == "en"
    assert translated("idle {cost} a month", cost="1") == "idle 1 a month"


def test_a_text_without_a_translation_stays_english(spanish: None) -> None:
    assert translated("Nobody translated {this}.", this="me") == "Nobody translated me."


def test_a_text_without_values_may_contain_braces(spanish: None) -> None:
    assert translated("{a} stays") == "{a} stays"
    assert translated(Message("Allowed: {text}", text="{b}")).endswith("{b}")


def test_a_copied_message_can_still_be_translated(spanish: None) -> None:
    assert translated(copy.deepcopy(STACKS)) == "12.345 stacks"
    assert translated(str(STACKS)) == "12.345 stacks"


def test_joined_messages_are_translated_one_by_one(spanish: None) -> None:
    assert translated(joined("; ", [Message("yes"), "no data", Message("no")])) == "sí; no data; no"


def test_the_language_ends_with_its_block_also_after_an_error() -> None:
    with pytest.raises(ValueError, match="x"), use_language("es"):
        raise ValueError("x")
    assert selected_language() == "en"


@pytest.mark.parametrize(
    ("value", "specification", "english", "spanish_text"),
    [
        (336776, ",", "336,776", "336.776"),
        (0.712, ".3f", "0.712", "0,712"),
        (0.5, ",.3f", "0.500", "0,500"),
        (-0.0131, "+.4f", "-0.0131", "-0,0131"),
        (0.061, "+,.2f", "+0.06", "+0,06"),
        (2.5, "8.2f", "    2.50", "    2,50"),
        (1234567.891, ",.1f", "1,234,567.9", "1.234.567,9"),
        (3, "03x", "003", "003"),
    ],
)
def test_numbers_are_written_as_the_language_does(
    value: float, specification: str, english: str, spanish_text: str
) -> None:
    assert format_number(value, specification) == english
    with use_language("es"):
        assert format_number(value, specification) == spanish_text


def test_dates_are_written_as_the_language_does() -> None:
    moment = datetime(2026, 3, 9, 8, 5, tzinfo=UTC)
    assert format_date(moment) == "9 March 2026, 08:05 UTC"
    with use_language("es"):
        assert format_date(moment) == "9 de marzo de 2026, 08:05 UTC"
