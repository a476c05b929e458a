"""Reading the documentation: its pages, in both languages, and the rows of their tables."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LANGUAGES = ("en", "es")


def page(language: str, name: str) -> str:
    """The text of a page, such as `page("en", "emr.md")`."""
    return (DOCS / language / name).read_text()


def rows(text: str) -> list[list[str]]:
    """The rows of all tables of a page, cell by cell, without their heads."""
    lines = re.findall(r"^\|(.*)\|$", text, re.MULTILINE)
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)]
        for line, following in zip(lines, [*lines[1:], ""][: len(lines)], strict=True)
        if not re.fullmatch(r"[-|]+", line) and not re.fullmatch(r"[-|]+", following)
    ]


def codes(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", text)


def links(text: str) -> list[str]:
    """Where the links lead."""
    return re.findall(r"\]\(([^)]+)\)", text)
