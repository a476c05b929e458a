"""How the commands that look at an account or a machine show what they found."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlproject.outcome import Outcome

_MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "unknown": ("?", "yellow"), "problem": ("✗", "red")}
FOUND_PROBLEMS = 1


def show(outcomes: Iterable[Outcome], *, title: str) -> int:
    """Print each outcome as it comes, with what mends it; the exit code.

    Args:
        outcomes: may be still under way.
        title: the first line.
    """
    from rich.console import Console

    from mlproject.outcome import has_problem

    console = Console(soft_wrap=True, highlight=False, no_color=None if sys.stdout.isatty() else True)
    console.print(title, markup=False)
    seen: list[Outcome] = []
    for outcome in outcomes:
        mark, colour = _MARKS[outcome.state]
        console.print(f"  [{colour}]{mark}[/{colour}] ", end="")
        console.print(f"{outcome.topic}: {outcome.message}", markup=False)
        for line in outcome.remedy.splitlines():
            console.print(f"      {line}", markup=False)
        seen.append(outcome)
    counts = Counter(outcome.state for outcome in seen)
    console.print(", ".join(f"{count} {state}" for state, count in counts.items()), markup=False)
    return FOUND_PROBLEMS if has_problem(seen) else 0


def as_json(outcomes: Iterable[Outcome]) -> tuple[str, int]:
    """The outcomes as one JSON object, and the exit code."""
    from mlproject.outcome import has_problem

    seen = list(outcomes)
    document = {"ok": not has_problem(seen), "outcomes": [dataclasses.asdict(outcome) for outcome in seen]}
    return json.dumps(document, indent=2), FOUND_PROBLEMS if has_problem(seen) else 0
