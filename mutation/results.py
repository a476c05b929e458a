"""The published scores, and which tests noticed the mutants of a function: mutation/results.json."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.measurement import describe_machine
from mlproject.files import write_atomically
from mutation.packages import ROOT
from mutation.run import Mutant
from mutation.survivors import Survivor, unaccepted

FILE = ROOT / "mutation" / "results.json"


def read_results(file: Path = FILE) -> dict[str, Any]:
    """Read the results; without a file there are none."""
    if not file.exists():
        return {"packages": {}}
    results: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return results


def save_package(name: str, result: Mapping[str, Any], file: Path = FILE) -> None:
    """Replace the result of one package."""
    packages = {**read_results(file)["packages"], name: result}
    document = {"machine": describe_machine(), "packages": dict(sorted(packages.items()))}
    write_atomically(file, json.dumps(document, indent=2) + "\n")


def summarize(mutants: Sequence[Mutant], survivors: Sequence[Survivor]) -> dict[str, Any]:
    """Return the counts of a sample, and the tests that noticed its mutants by function."""
    statuses = Counter(mutant.status for mutant in mutants)
    noticed = sum(mutant.noticed for mutant in mutants)
    new = len(unaccepted(mutants, survivors))
    tests: dict[str, set[str]] = {}
    for mutant in mutants:
        if mutant.test:
            tests.setdefault(mutant.function, set()).add(mutant.test)
    return {
        "measured": f"{datetime.now(UTC):%Y-%m-%d}",
        "mutants": len(mutants),
        "killed": statuses["killed"],
        "timeout": statuses["timeout"],
        "survived": len(mutants) - noticed,
        "accepted": len(mutants) - noticed - new,
        "score": round(100 * noticed / len(mutants), 1),
        "tests": {function: sorted(names) for function, names in sorted(tests.items())},
    }


def known_tests(results: Mapping[str, Any], functions: Sequence[str]) -> list[str]:
    """Return the tests that noticed mutants of these functions."""
    found: set[str] = set()
    for package in results["packages"].values():
        for function in functions:
            found.update(package["tests"].get(function, ()))
    return sorted(found)
