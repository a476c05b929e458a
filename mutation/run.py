"""Run a sample of a package's mutants, or some mutants by name."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mutation.functions import Function, draw
from mutation.packages import ROOT

# Functions without anything to change are drawn, too.
_SPARE = 1.5


class MutationError(Exception):
    """mutmut did not come to an end."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A changed function, and what became of it.

    Args:
        name: mutmut's name of it.
        status: in mutmut's words: killed, survived, timeout, no tests.
        test: the test that noticed it.
        diff: the change.
    """

    name: str
    status: str
    test: str
    diff: str

    @property
    def function(self) -> str:
        """The name of the function, without the number of the change."""
        return self.name.partition("__mutmut_")[0]

    @property
    def noticed(self) -> bool:
        """Whether tests fail with it, or do not end."""
        return self.status in {"killed", "timeout"}


def run_sample(functions: Sequence[Function], number: int, tests: Sequence[str]) -> list[Mutant]:
    """Draw some mutants of these functions and run them; 0 means all."""
    drawn = draw(functions, round(number * _SPARE)) if number else functions
    return _run(drawn, tests=tests, number=number)


def run_mutants(functions: Iterable[Function], names: Sequence[str], tests: Sequence[str]) -> list[Mutant]:
    """Run the mutants of these names."""
    wanted = {name.partition("__mutmut_")[0] for name in names}
    return _run([each for each in functions if each.key in wanted], tests=tests, mutants=names)


def _run(
    functions: Sequence[Function], *, tests: Sequence[str], number: int = 0, mutants: Sequence[str] = ()
) -> list[Mutant]:
    lines: dict[str, list[int]] = {}
    for each in dict.fromkeys(functions):
        lines.setdefault(str(each.file), []).extend(range(each.first, each.last + 1))
    answers = _work(
        {
            "lines": lines,
            "functions": [each.key for each in functions],
            "number": number,
            "mutants": list(mutants),
            "tests": list(tests),
        }
    )
    return [Mutant(name=name, **answer) for name, answer in answers.items()]


def _work(order: Mapping[str, Any]) -> dict[str, Any]:
    # mutmut would keep copies of data files that have changed.
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "order.json"), Path(folder, "answer.json")
        asked.write_text(json.dumps(order), encoding="utf-8")
        completed = subprocess.run(
            [sys.executable, "-m", "mutation.worker", str(asked), str(answered)],
            cwd=ROOT,
            env={**os.environ, "HYPOTHESIS_PROFILE": "ci"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if completed.returncode or not answered.exists():
            raise MutationError(f"mutmut ended with {completed.returncode}:\n{completed.stdout[-4000:]}")
        answers: dict[str, Any] = json.loads(answered.read_text("utf-8"))
        return answers
