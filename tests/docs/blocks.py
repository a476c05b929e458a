"""The fenced blocks of the English pages, and where each is run.

A block is run by the tests of this folder, unless a comment before it says why not. `all blocks` is for the whole page:

    <!-- tested by tests/deploy/test_new_project.py -->
    <!-- needs AWS: the prices are read from its Price List API -->
    <!-- not run: it starts every test -->
    <!-- all blocks tested by tests/docs/test_write_a_pipeline.py -->
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import re
import textwrap
from dataclasses import dataclass

from tests.docs.pages import DOCS, ROOT

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"^ *<!-- (?P<all>all blocks )?(?P<status>tested by|needs AWS:|not run:) (?P<reason>.+) -->$")
# Read first.
_READMES = ("README.md", "CONTRIBUTING.md", "embedded_aws/README.md")


class Status(enum.StrEnum):
    RUN = "run"
    TESTED = "tested by"
    NEEDS_AWS = "needs AWS:"
    NOT_RUN = "not run:"


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block.

    Args:
        page: its path in the repository.
        line: of the fence.
        language: of the fence, such as `console`.
        text: without the fence and its indentation.
        status: where it is run.
        reason: of the status; a test's file for `TESTED`, nothing for `RUN`.
        output_of: the `console` block that prints it, if it is one of `text` without a comment after one.
    """

    page: str
    line: int
    language: str
    text: str
    status: Status
    reason: str
    output_of: Block | None

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


@functools.cache
def read_blocks() -> tuple[Block, ...]:
    """Return the blocks of all pages, in the order in which people read them."""
    pages = re.findall(r"^ +- (?:[^:\n]+: )?(\S+\.md)$", (ROOT / "mkdocs.en.yml").read_text(), re.MULTILINE)
    named = [f"docs/en/{name}" for name in pages if (DOCS / "en" / name).is_file()]
    return tuple(block for name in (*_READMES, *named) for block in parse_blocks(name, (ROOT / name).read_text()))


def parse_blocks(page: str, text: str) -> list[Block]:
    """Return the blocks of a page.

    Args:
        page: its path in the repository.
        text: of the page.

    Raises:
        ValueError: no block follows a comment.
    """
    outside = _FENCE.sub(lambda fence: "\n" * fence[0].count("\n"), text)
    marks = {number: mark for number, line in enumerate(outside.splitlines(), 1) if (mark := _MARK.match(line))}
    whole = next((mark for mark in marks.values() if mark["all"]), None)
    single = {number: mark for number, mark in marks.items() if not mark["all"]}
    blocks: list[Block] = []
    for fence in _FENCE.finditer(text):
        line = text.count("\n", 0, fence.start()) + 1
        own = single.pop(line - 2, None)
        mark = own or whole
        previous = blocks[-1] if blocks else None
        block = Block(
            page=page,
            line=line,
            language=fence["language"],
            text=textwrap.dedent(fence["text"]),
            status=Status(mark["status"]) if mark else Status.RUN,
            reason=mark["reason"] if mark else "",
            output_of=None,
        )
        if previous and not own and fence["language"] == "text" and previous.language == "console":
            block = dataclasses.replace(block, status=previous.status, reason=previous.reason, output_of=previous)
        blocks.append(block)
    if single:
        raise ValueError(f"{page}:{min(single)}: no block follows this comment after one empty line.")
    return blocks
