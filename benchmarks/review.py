"""`mlproject review` of a change in one project, in a platform with 1 project and in one with 20."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measurement import ROOT, compute_ratio, measure_in_turn, measure_seconds
from benchmarks.synth import create_application
from benchmarks.version_control import TARGET, commit_all, create_repository

COUNTS = (1, 20)


def measure() -> dict[str, Any]:
    """Measure the review of a change in one environment of one project, compared with the target branch."""
    with tempfile.TemporaryDirectory(prefix="mlproject-review-") as name:
        checkouts = {count: _create_checkout(Path(name) / str(count), count) for count in COUNTS}
        measured = measure_in_turn(
            {
                "1 project": lambda: _review(checkouts[COUNTS[0]]),
                f"1 of {COUNTS[1]} projects": lambda: _review(checkouts[COUNTS[1]]),
            },
            runs=3,
        )
    return {
        "seconds": measured,
        "goals": {
            f"a change in 1 of {COUNTS[1]} projects, times a change in the only one": {
                "measured": compute_ratio(measured, f"1 of {COUNTS[1]} projects", "1 project"),
                "goal": "at most 1.5",
            }
        },
    }


def _review(checkout: Path) -> float:
    command = [sys.executable, "-m", "mlproject.cli.main", "review", "--since", TARGET, "--compare", "target"]
    # The checkout is outside the repository, which the command is imported from.
    return measure_seconds(command, folder=checkout, variables={"PYTHONPATH": str(ROOT)})


def _create_checkout(folder: Path, count: int) -> Path:
    """Create a platform under git whose first project differs from the target branch in one environment."""
    create_application(folder, count)
    (folder / ".gitignore").write_text(".venv\n.mlproject\nbuild/\n")
    create_repository(folder)
    file = folder / "projects" / "team0" / "project.yaml"
    file.write_text(file.read_text().replace("dev: {}", "dev: {pipeline: {parameters: {Margin: 0.03}}}"))
    commit_all(folder)
    return folder
