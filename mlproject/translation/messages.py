"""Texts that remember how they were composed, so that they can be translated when they are shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from mlproject.translation.languages import Language, selected_language
from mlproject.translation.numbers import format_number


class Message(str):
    """An English text that can be translated.

    Args:
        template: the English text; with values, it has their names in braces. It is a key of the catalogues.
        values: other messages are translated too, numbers with a format are written as the language does.
    """

    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, /, **values: Any) -> Message:
        message = super().__new__(cls, template.format(**values) if values else template)
        message.template = template
        message.values = values
        return message

    def __str__(self) -> str:
        """Return the message itself, as `str` would otherwise return a text without its template."""
        return self


def translated(text: str, /, **values: Any) -> str:
    """Return a text in the selected language; in English if the catalogue does not have it.

    Args:
        text: a message, or an English text with the names of its values in braces.
        values: of a text that is not a message.
    """
    message = text if isinstance(text, Message) else Message(text, **values)
    if selected_language() == "en":
        return message
    template = read_catalogue(selected_language()).get(message.template, message.template)
    if not message.values:
        return template
    shown = {name: translated(value) if isinstance(value, Message) else value for name, value in message.values.items()}
    return _LocalFormatter().vformat(template, (), shown)


def counted(number: int, one: str, many: str) -> Message:
    """Return a message with the value `number`.

    Args:
        one: the text for the number 1, such as "{number:,} file".
        many: the text for any other number, such as "{number:,} files".
    """
    return Message(one if number == 1 else many, number=number)


def joined(separator: str, texts: Iterable[str]) -> Message:
    """Return one message of several, each of which is translated."""
    values = {f"part{index}": text for index, text in enumerate(texts)}
    return Message(separator.join(f"{{{name}}}" for name in values), **values)


@cache
def read_catalogue(language: Language) -> Mapping[str, str]:
    """Return the translation of each English text; none for English."""
    if language == "en":
        return {}
    catalogue: dict[str, str] = json.loads((Path(__file__).parent / f"{language}.json").read_text(encoding="utf-8"))
    return catalogue


class _LocalFormatter(Formatter):
    """Formats as `str.format` does, but numbers as the selected language writes them."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec and isinstance(value, int | float):
            return format_number(value, format_spec)
        return str(super().format_field(value, format_spec))
