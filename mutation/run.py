"""Run mutants: a sample of packages, all of some functions, or by name."""

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
        return function_of(self.name)

    @property
    def noticed(self) -> bool:
        """Whether tests fail with it, or do not end."""
        return self.status in {"killed", "timeout"}


def run_samples(packages: Iterable[Iterable[Function]], *, number: int, tests: Sequence[str]) -> list[Mutant]:
    """Draw that many mutants of each package's functions and run them with these files or tests."""
    drawn = [draw(functions, number) for functions in packages]
    return _run(drawn, tests=tests, number=number)


def run_all(functions: Sequence[Function], *, tests: Sequence[str]) -> list[Mutant]:
    """Run every mutant of these functions."""
    return _run([functions], tests=tests)


def run_named(functions: Iterable[Function], names: Sequence[str], *, tests: Sequence[str]) -> list[Mutant]:
    """Run the mutants of these names."""
    wanted = {function_of(name) for name in names}
    return _run([[each for each in functions if each.key in wanted]], tests=tests, mutants=names)


def function_of(mutant: str) -> str:
    """Return a mutant's name without the number of the change."""
    return mutant.partition("__mutmut_")[0]


def _run(
    samples: Sequence[Sequence[Function]], *, tests: Sequence[str], number: int = 0, mutants: Sequence[str] = ()
) -> list[Mutant]:
    lines: dict[str, list[int]] = {}
    for each in dict.fromkeys(function for sample in samples for function in sample):
        lines.setdefault(str(each.file), []).extend(range(each.first, each.last + 1))
    answers = _work(
        {
            "lines": lines,
            "samples": [[each.key for each in sample] for sample in samples],
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
            env={**os.environ, "HYPOTHESIS_PROFILE": "mutation"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if completed.returncode or not answered.exists():
            raise MutationError(f"mutmut ended with {completed.returncode}:\n{completed.stdout[-4000:]}")
        answers: dict[str, Any] = json.loads(answered.read_text("utf-8"))
        return answers
