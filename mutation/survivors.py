"""The survivors that somebody has read and accepted, with the reason: mutation/survivors.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mutation.packages import ROOT
from mutation.run import Mutant

FILE = ROOT / "mutation" / "survivors.json"


@dataclass(frozen=True, kw_only=True)
class Survivor:
    """A change that no test notices, and need not.

    Args:
        function: mutmut's name of it.
        removed, added: the lines of the change, so that it is found again whatever its number.
        reason: why no test is needed.
    """

    function: str
    removed: tuple[str, ...]
    added: tuple[str, ...]
    reason: str

    def accepts(self, mutant: Mutant) -> bool:
        """Whether the mutant is this change."""
        lines = mutant.diff.splitlines()[2:]
        return (self.function, self.removed, self.added) == (
            mutant.function,
            changed_lines(lines, "-"),
            changed_lines(lines, "+"),
        )


def read_survivors(file: Path = FILE) -> list[Survivor]:
    """Read the accepted survivors."""
    return [
        Survivor(**{**entry, "removed": tuple(entry["removed"]), "added": tuple(entry["added"])})
        for entry in json.loads(file.read_text("utf-8"))
    ]


def unaccepted(mutants: Sequence[Mutant], survivors: Sequence[Survivor]) -> list[Mutant]:
    """Return the mutants that tests do not notice, and nobody has accepted."""
    return [
        mutant
        for mutant in mutants
        if not mutant.noticed and not any(survivor.accepts(mutant) for survivor in survivors)
    ]


def changed_lines(lines: Sequence[str], sign: str) -> tuple[str, ...]:
    """Return the removed (-) or added (+) lines of a diff without its heading."""
    return tuple(line[1:].strip() for line in lines if line.startswith(sign))
