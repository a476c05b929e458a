"""The language of what people read, which the command selects once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


class _Selection:
    """The selected language. Threads share it, unlike a context variable: they print in the same language."""

    language: Language = "en"


def selected_language() -> Language:
    """Return the language of what people read; English unless another is in use."""
    return _Selection.language


@contextmanager
def use_language(language: Language) -> Iterator[None]:
    """Select a language until the end of the block."""
    previous = _Selection.language
    _Selection.language = language
    try:
        yield
    finally:
        _Selection.language = previous
