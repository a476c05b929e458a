"""What a rendered page needs for small screens: places where long code may break, and pictures to enlarge."""

from __future__ import annotations

import re

_CELL = re.compile(r"<td\b.*?</td>", re.DOTALL)
_CODE = re.compile(r"(?<=<code>)[^<]+(?=</code>)")
# A longer one may break, a shorter one stays whole: the longest instance types have 16 characters.
_SHORT = 18  # characters
_BREAK_AFTER = re.compile(r"(?<=[._/=:])(?=\w)")
# Alone in its paragraph. One with a fragment is one of two, of which a page shows one.
_PICTURE = re.compile(r'<p>(<img\b[^>]*\bsrc="([^"#]+)"[^>]*>)</p>')


def let_code_break(html: str) -> str:
    """Return a page whose long code in cells of tables may break after a separator, and nowhere else.

    Args:
        html: of the page.
    """
    return _CELL.sub(lambda cell: _CODE.sub(_with_breaks, cell[0]), html)


def _with_breaks(code: re.Match[str]) -> str:
    return code[0] if len(code[0]) <= _SHORT else _BREAK_AFTER.sub("<wbr>", code[0])


def link_pictures(html: str) -> str:
    """Return a page whose pictures lead to their files, which browsers show in full size.

    Args:
        html: of the page.
    """
    return _PICTURE.sub(r'<p><a class="picture" href="\2">\1</a></p>', html)
