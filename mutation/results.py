"""The mutants that were run for the published scores, and what became of each: mutation/results.json."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.measurement import describe_machine
from mlproject.files import write_atomically
from mutation.packages import PACKAGES, ROOT
from mutation.run import Mutant
from mutation.survivors import Survivor, unaccepted

FILE = ROOT / "mutation" / "results.json"


def read_results(file: Path = FILE) -> list[Mutant]:
    """Read the mutants of all packages; without a file there are none."""
    if not file.exists():
        return []
    return [Mutant(**mutant) for mutant in json.loads(file.read_text("utf-8"))["mutants"]]


def save_results(mutants: Sequence[Mutant], file: Path = FILE) -> None:
    """Replace the results of all packages. The changes of noticed mutants are left out."""
    document = {
        "measured": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": describe_machine(),
        "mutants": [asdict(mutant) | ({"diff": ""} if mutant.noticed else {}) for mutant in mutants],
    }
    write_atomically(file, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def with_results(known: Sequence[Mutant], new: Sequence[Mutant]) -> list[Mutant]:
    """Return the known results with new ones of the same mutants in their places."""
    by_name = {mutant.name: mutant for mutant in new}
    return [by_name.get(mutant.name, mutant) for mutant in known]


def in_order(mutants: Sequence[Mutant]) -> list[Mutant]:
    """Return the mutants package by package."""
    return [mutant for package in PACKAGES for mutant in mutants if package.contains(mutant.name)]


def summarize(mutants: Sequence[Mutant], survivors: Sequence[Survivor]) -> dict[str, Any]:
    """Return the counts of a package's mutants, and the share that tests notice in percent."""
    statuses = Counter(mutant.status for mutant in mutants)
    noticed = sum(mutant.noticed for mutant in mutants)
    return {
        "mutants": len(mutants),
        "killed": statuses["killed"],
        "timeout": statuses["timeout"],
        "survived": len(mutants) - noticed,
        "accepted": len(mutants) - noticed - len(unaccepted(mutants, survivors)),
        "score": round(100 * noticed / len(mutants), 1),
    }


def known_tests(mutants: Sequence[Mutant], functions: Collection[str]) -> list[str]:
    """Return the tests that noticed mutants of these functions."""
    return sorted({mutant.test for mutant in mutants if mutant.test and mutant.function in functions})
