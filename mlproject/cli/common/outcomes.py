"""The output of the commands that check an account or a machine."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mlproject.translation import Message, translated

if TYPE_CHECKING:
    from mlproject.outcome import Outcome

_MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "unknown": ("?", "yellow"), "problem": ("✗", "red")}
_NAMES = {
    "ok": Message("ok"),
    "warning": Message("warning"),
    "unknown": Message("unknown"),
    "problem": Message("problem"),
}
FOUND_PROBLEMS = 1


def print_outcomes(outcomes: Iterable[Outcome], *, title: str) -> int:
    """Print each outcome with its remedy as soon as it is known, and return the exit code.

    Args:
        outcomes: may be a generator that is still running checks.
        title: the first line.
    """
    from rich.console import Console

    from mlproject.outcome import has_problem

    console = Console(soft_wrap=True, highlight=False, no_color=None if sys.stdout.isatty() else True)
    console.print(translated(title), markup=False)
    printed: list[Outcome] = []
    for outcome in outcomes:
        mark, colour = _MARKS[outcome.state]
        console.print(f"  [{colour}]{mark}[/{colour}] ", end="")
        console.print(f"{translated(outcome.topic)}: {translated(outcome.message)}", markup=False)
        for line in translated(outcome.remedy).splitlines():
            console.print(f"      {line}", markup=False)
        printed.append(outcome)
    counts = Counter(outcome.state for outcome in printed)
    console.print(", ".join(f"{count} {translated(_NAMES[state])}" for state, count in counts.items()), markup=False)
    return FOUND_PROBLEMS if has_problem(printed) else 0


def outcomes_as_json(outcomes: Iterable[Outcome]) -> tuple[str, int]:
    """Return the outcomes as one JSON object, and the exit code."""
    from mlproject.outcome import has_problem

    complete = list(outcomes)
    document = {"ok": not has_problem(complete), "outcomes": [dataclasses.asdict(outcome) for outcome in complete]}
    return json.dumps(document, indent=2), FOUND_PROBLEMS if has_problem(complete) else 0
