"""What a rendered page needs for small screens: where code in tables may break, wide cells, pictures to enlarge."""

from __future__ import annotations

import re

_CELL = re.compile(r"<td\b(?P<attributes>[^>]*)>(?P<content>.*?)</td>", re.DOTALL)
_CODE = re.compile(r"(?<=<code>)[^<]+(?=</code>)")
_WORD = re.compile(r"\S+")
_TAG = re.compile(r"<[^>]*>")
# A longer word may break, a shorter one stays whole: the longest instance types have 16 characters.
_SHORT = 18
_BREAK_AFTER = re.compile(r"(?<=[._/=:])(?=\w)")
# Of more characters than fit a few lines of a narrow column.
_LONG_TEXT = 80
# Alone in its paragraph. One with a fragment is one of two, of which a page shows one.
_PICTURE = re.compile(r'<p>(<img\b[^>]*\bsrc="([^"#]+)"[^>]*>)</p>')


def adapt_tables(html: str) -> str:
    """Return a page whose long code in cells may break after a separator and nowhere else, with long cells marked.

    Args:
        html: of the page.
    """
    return _CELL.sub(_adapt_cell, html)


def _adapt_cell(cell: re.Match[str]) -> str:
    content = cell["content"]
    mark = ' class="long"' if len(_TAG.sub("", content)) > _LONG_TEXT else ""
    return f"<td{cell['attributes']}{mark}>{_CODE.sub(_break_words, content)}</td>"


def _break_words(code: re.Match[str]) -> str:
    return _WORD.sub(lambda word: word[0] if len(word[0]) <= _SHORT else _BREAK_AFTER.sub("<wbr>", word[0]), code[0])


def link_pictures(html: str) -> str:
    """Return a page whose pictures lead to their files, which browsers show in full size.

    Args:
        html: of the page.
    """
    return _PICTURE.sub(r'<p><a class="picture" href="\2">\1</a></p>', html)
