"""The time and memory of 1 to 200 projects in 4 environments: synthesis, `check`, `changed`, and the child pipeline."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.measurement import ROOT, benchmark_environment
from benchmarks.spark.limited_process import Measured, run_limited
from benchmarks.synth import create_application
from benchmarks.version_control import commit_all, create_repository

COUNTS = (1, 10, 50, 200)
# Far above what is expected: a run that exceeds them is an error.
_MEMORY_GIB, _SECONDS = 8.0, 1_800.0
_RUNS = 3


def measure() -> dict[str, Any]:
    """Measure each number of projects: everything anew once, the others three times."""
    rows = {}
    with tempfile.TemporaryDirectory(prefix="mlproject-scale-") as name:
        for count in COUNTS:
            print(f"  {count} projects", flush=True)
            rows[f"{count} projects"] = _measure_platform(Path(name) / str(count), count)
            shutil.rmtree(Path(name) / str(count))
    first, last = (rows[f"{count} projects"] for count in (COUNTS[0], COUNTS[-1]))
    further = COUNTS[-1] - COUNTS[0]

    def per_project(key: str) -> float:
        seconds: float = last[key]["seconds"] - first[key]["seconds"]
        return round(seconds / further, 3)

    return {
        "platforms": rows,
        "goals": {
            "each further project, synthesized anew, seconds": {
                "measured": per_project("synth anew"),
                "goal": "at most 0.25",
            },
            "each further project, unchanged, seconds": {
                "measured": per_project("synth unchanged"),
                "goal": "at most 0.02",
            },
        },
    }


def _measure_platform(folder: Path, count: int) -> dict[str, Any]:
    """Return seconds and peak memory of each command for a platform with `count` projects."""
    create_application(folder, count)
    (folder / ".gitignore").write_text(".venv\n.mlproject\ncdk.out\n")
    create_repository(folder)
    synth = [str(ROOT / "node_modules" / ".bin" / "cdk"), "synth", "--quiet"]
    project = folder / "projects" / "team0" / "project.yaml"
    row = {
        "synth anew": _run(folder, synth),
        "synth unchanged": _median(folder, synth),
        "synth with one changed": _median(folder, synth, changing=project),
        "check": _median(folder, _mlproject("check")),
        "limits": _run(folder, _mlproject("limits")),
        "changed, one project": _run(folder, _mlproject("changed", "--since", "main")),
    }
    # A tag of an environment is a tag of each of its resources.
    environments = folder / "environments.yaml"
    environments.write_text(environments.read_text().replace("managed-by: mlproject", "managed-by: mlproject-2"))
    commit_all(folder)
    child = folder / "build" / "child.yml"
    changed = _mlproject("changed", "--since", "main", "--child-pipeline", str(child))
    row["changed, all projects"] = _run(folder, changed)
    row["child pipeline"] = {"jobs": _count_jobs(child), "kilobytes": round(child.stat().st_size / 1000)}
    return row


def _mlproject(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "mlproject.cli.main", *arguments]


def _run(folder: Path, command: Sequence[str]) -> dict[str, Any]:
    """Run a command once, and return its seconds and its peak memory."""
    measured = _measured(folder, command)
    return {"seconds": measured.seconds, "peak_memory_mib": measured.peak_memory_mib}


def _median(folder: Path, command: Sequence[str], *, changing: Path | None = None) -> dict[str, Any]:
    """Return the median of several runs, before each of which a project may change."""
    runs = []
    for number in range(_RUNS):
        if changing:
            text = changing.read_text()
            changing.write_text(text.replace("owner: data-science@example.com", f"owner: team-{number}@example.com"))
        runs.append(_measured(folder, command))
        if changing:
            changing.write_text(text)
    return {
        "seconds": round(statistics.median(run.seconds for run in runs), 2),
        "peak_memory_mib": max(run.peak_memory_mib for run in runs),
    }


def _measured(folder: Path, command: Sequence[str]) -> Measured:
    # The checkout is outside the repository, which the command is imported from.
    variables = benchmark_environment({"PYTHONPATH": str(ROOT), "PWD": str(folder)})
    measured = run_limited(
        ["env", "--chdir", str(folder), *command],
        environment=variables,
        log=folder / ".mlproject.log",
        memory_gib=_MEMORY_GIB,
        seconds=_SECONDS,
    )
    if measured.outcome != "finished":
        raise RuntimeError(f"{' '.join(command)}: {measured.outcome}\n{measured.output}")
    return measured


def _count_jobs(pipeline: Path) -> int:
    """Return the number of jobs in a child pipeline: keys with a script."""
    from ruamel.yaml import YAML

    document = YAML(typ="safe").load(pipeline.read_text(encoding="utf-8"))
    return sum(1 for value in document.values() if isinstance(value, dict) and "script" in value)
