"""Words without accents in the search index, since people type them so, and the search compares letter by letter."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

_WORD = re.compile(r"\w+")


def add_plain_words(index: Path) -> None:
    """Add to each section of the index its words with accents, without them.

    Args:
        index: search_index.json of a built site.
    """
    document = json.loads(index.read_text())
    for section in document["docs"]:
        words = dict.fromkeys(_WORD.findall(f"{section['title']} {section['text']}"))
        plain = {word: without_accents(word) for word in words}
        section["text"] += "".join(f" {text}" for word, text in plain.items() if text != word)
    index.write_text(json.dumps(document, ensure_ascii=False))


def without_accents(text: str) -> str:
    """Return a text without accents, such as `ejecucion` for `ejecución`, and `ano` for `año`."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
