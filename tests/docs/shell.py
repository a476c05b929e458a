"""Running the `console` blocks of pages in bash, and comparing what they print with what the pages show."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# Printed before each command; no command prints it.
_MARK = "\x1e"


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command of a `console` block.

    Args:
        text: what a person types, without the prompt.
        shown: the lines below it, which are its output.
    """

    text: str
    shown: str


def commands_of(block: str) -> list[Command]:
    """Return the commands of a `console` block; a line that ends with a backslash is continued on the next one."""
    found = re.findall(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    return [Command(text=text, shown=shown) for text, shown in found]


def run_commands(
    commands: list[Command], *, folder: Path, variables: Mapping[str, str]
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run commands in one shell until one fails; return the shell and the output of each command, messages included.

    Args:
        commands: of a block.
        folder: where the shell starts.
        variables: its environment.
    """
    lines = ["set -euo pipefail"]
    for each in commands:
        lines += [f"printf '{_MARK}'", each.text]
    done = subprocess.run(
        ["bash", "-c", "\n".join(lines)],
        cwd=folder,
        env=variables,
        # Each question is confirmed.
        input="y\n" * 9,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done, done.stdout.split(_MARK)[1:]


# What differs between two runs: hashes, durations, the ports of the embedded AWS, and what a page leaves out.
_VOLATILE = (
    (r"\b(?=[a-f]*\d)[0-9a-f]{10,64}\b", r"[0-9a-f]+"),
    (r"\b\d+(?:\.\d+)? (?:ms|s|min)\b", r"[\d.]+ (?:ms|s|min)"),
    (r"localhost:\d+", r"localhost:\d+"),
    (r"[0-9a-f]*\.\.\.", r"[^\n]*"),
)


def shows(shown: str, printed: str) -> bool:
    """Whether the lines on a page are those that were printed, without what differs between two runs.

    Args:
        shown: a line of only `...` stands for any lines.
        printed: the whole output.
    """
    expected = "".join(".*" if line.strip() == "..." else _pattern(line) + r" *\n" for line in _lines(shown))
    return re.fullmatch(expected, "".join(f"{line}\n" for line in _lines(printed)), re.DOTALL) is not None


def _lines(text: str) -> list[str]:
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n").splitlines()


def _pattern(line: str) -> str:
    volatile = re.compile("|".join(f"({found})" for found, _ in _VOLATILE))
    parts, end = [], 0
    for each in volatile.finditer(line):
        assert each.lastindex is not None
        parts += [re.escape(line[end : each.start()]), _VOLATILE[each.lastindex - 1][1]]
        end = each.end()
    return "".join(parts) + re.escape(line[end:])
