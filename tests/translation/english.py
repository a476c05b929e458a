"""Find English in a text that is to be in another language."""

from __future__ import annotations

import re

# Words that English sentences need and that are no Spanish words, nor parts of commands and names.
_WORDS = (
    "the", "this", "that", "these", "an", "and", "or", "of", "with", "without", "to", "from", "by", "for", "is", "are",
    "was", "were", "be", "has", "have", "had", "it", "its", "not", "which", "there", "no such", "must", "cannot",
    "will", "does", "did", "each", "every", "one", "after", "before", "than", "missing", "failed", "run the",
)  # fmt: skip
_ENGLISH = re.compile(rf"(?<![\w/.:=_-])(?:{'|'.join(_WORDS)})(?![\w/.:=_-])", re.IGNORECASE)
# What is in quotes or backticks are commands, values and names.
_QUOTED = re.compile(r"`[^`\n]*`")


def english_lines(text: str) -> list[str]:
    """Return the lines with English words, outside of commands."""
    return [line for line in text.splitlines() if _ENGLISH.search(_QUOTED.sub("", line))]
