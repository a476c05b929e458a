"""The requirements of a list of libraries, plain or compiled with hashes (pip-compile, `uv pip compile`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMMENT = re.compile(r"(^|\s)#.*")
_HASH = re.compile(r"\s--hash[= ](\S+)")


@dataclass(frozen=True, kw_only=True)
class RequirementLine:
    """One requirement.

    Args:
        number: the line in which it begins, from 1.
        text: the requirement without comments, continuation and hashes.
        hashes: such as `sha256:` and 64 digits; none in a plain list.
    """

    number: int
    text: str
    hashes: frozenset[str]


def requirement_lines(content: str) -> Iterator[RequirementLine]:
    """Read a list; lines that end in a backslash continue in the next.

    https://pip.pypa.io/en/stable/reference/requirements-file-format/
    """
    start, parts = 0, ""
    for number, line in enumerate([*content.splitlines(), ""], start=1):
        start = start if parts else number
        text = _COMMENT.sub("", line).rstrip()
        if text.endswith("\\"):
            parts += text.removesuffix("\\") + " "
            continue
        whole, parts = parts + text, ""
        requirement = _HASH.sub("", whole).strip()
        if requirement:
            yield RequirementLine(number=start, text=requirement, hashes=frozenset(_HASH.findall(whole)))
