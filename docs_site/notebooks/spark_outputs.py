"""What cells on Spark show in a form of its own: sentences in HTML, and the log of the driver."""

from __future__ import annotations

import re

# Of `%%configure`, `%%info` and `%%cleanup`.
_SENTENCE = re.compile(r"(?:[^<]|</?tt>|<br>)+")
_TAG = re.compile(r"<[^>]*>")
LOG_LINE = re.compile(r"^\d\d/\d\d/\d\d \d\d:\d\d:\d\d [A-Z]+ .*$", re.MULTILINE)
_SHOWN_LINES = 3


def read_sentence(html: str) -> str | None:
    """Return the text of HTML that is only a sentence, or None.

    Args:
        html: shown by SparkMagic.
    """
    return f"{_TAG.sub('', html)}\n" if _SENTENCE.fullmatch(html) else None


def shorten_log(text: str) -> str:
    """Return a text with only the last lines of a log of Spark, which has hundreds and differs in each execution.

    Args:
        text: printed by a cell.
    """
    lines = list(LOG_LINE.finditer(text))
    if len(lines) <= _SHOWN_LINES:
        return text
    return f"{text[: lines[0].start()]}…\n{text[lines[-_SHOWN_LINES].start() :]}"
