"""Measure commands and save the results of benchmarks."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlproject.files import write_atomically

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"


def measure_seconds(
    command: Sequence[str | Path], *, folder: Path = ROOT, variables: Mapping[str, str] | None = None
) -> float:
    """Run a command and return its wall-clock seconds; its output is shown only if it fails.

    Raises:
        RuntimeError: the command failed.
    """
    started = time.perf_counter()
    completed = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=benchmark_environment(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    took = time.perf_counter() - started
    if completed.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{completed.stdout}")
    return took


def benchmark_environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the caller's environment without AWS settings, with this checkout's commands first on PATH.

    PYTHONDONTWRITEBYTECODE is removed, because without bytecode every import is compiled again.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    path = os.pathsep.join([str(ROOT / ".venv" / "bin"), str(ROOT / "node_modules" / ".bin"), inherited["PATH"]])
    return {**inherited, "PATH": path, **(variables or {})}


def measure_in_turn(candidates: Mapping[str, Callable[[], float]], *, runs: int = 5) -> dict[str, dict[str, Any]]:
    """Measure candidates in turn, A B C A B C ..., after an uncounted run of each.

    Args:
        candidates: functions that return the seconds of one run, by name.
        runs: counted runs of each candidate.

    Returns:
        The median and the runs in seconds, by name.
    """
    for run in candidates.values():
        run()
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(runs):
        for name, run in candidates.items():
            times[name].append(run())
    return {
        name: {"median": round(statistics.median(values), 3), "runs": [round(value, 3) for value in values]}
        for name, values in times.items()
    }


def compute_ratio(measured: Mapping[str, Mapping[str, Any]], name: str, to: str) -> float:
    """Return the ratio of the medians of `name` and `to`."""
    return round(float(measured[name]["median"]) / float(measured[to]["median"]), 3)


def save_result(name: str, result: Mapping[str, Any]) -> Path:
    """Write a benchmark's result, with a description of the machine."""
    path = RESULTS / f"{name}.json"
    document = {"measured": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "machine": describe_machine(), **result}
    write_atomically(path, json.dumps(document, indent=2) + "\n")
    return path


def describe_machine() -> dict[str, Any]:
    """Return the properties of the machine that affect the results."""
    model = "unknown"
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = [line for line in information.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].partition(":")[2].strip() if lines else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
