"""Every text of the code has its translation, with the same values, and no translation is left over."""

from __future__ import annotations

import re
from collections import Counter
from string import Formatter

from mlproject.translation.messages import read_catalogue
from tests.translation.texts import read_texts

CATALOGUE = "mlproject/translation/es.json"


def values_of(text: str) -> Counter[tuple[str, str]]:
    """The values of a text with their formats."""
    return Counter((name, form or "") for _, name, form, _ in Formatter().parse(text) if name)


def test_every_text_is_translated_and_no_translation_is_left_over() -> None:
    english, spanish = read_texts(), read_catalogue("es")
    missing = [f"{file}: {text}" for text, file in english.items() if text not in spanish]
    assert missing == [], f"add the translation to {CATALOGUE}"
    assert [text for text in spanish if text not in english] == [], f"remove the translation from {CATALOGUE}"
    assert [text for text in spanish if not spanish[text].strip()] == []


def test_a_translation_has_the_values_of_its_text() -> None:
    for english, spanish in read_catalogue("es").items():
        assert values_of(spanish).keys() == values_of(english).keys(), english


def test_a_translation_names_the_same_options_files_and_commands() -> None:
    for english, spanish in read_catalogue("es").items():
        for mark in (r"`", r"(?<!\w)--[a-z]", r"\.yaml", r"\.json", r"\n", r"\[/?bold\]"):
            assert len(re.findall(mark, spanish)) == len(re.findall(mark, english)), english
        for command in re.findall("`([^`]+)`", english):
            assert f"`{command}`" in spanish, english
