"""Parse the requirements of a library list, plain or compiled with hashes (pip-compile, `uv pip compile`)."""

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
        number: its first line, counted from 1.
        text: the requirement without comments, line continuations and hashes.
        hashes: such as `sha256:` and 64 digits; empty in a plain list.
    """

    number: int
    text: str
    hashes: frozenset[str]


def parse_requirement_lines(content: str) -> Iterator[RequirementLine]:
    """Yield the requirements of a list. A line that ends with a backslash continues on the next one.

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
