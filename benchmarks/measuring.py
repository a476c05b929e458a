"""How every benchmark measures and writes down what it found."""

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


def seconds(command: Sequence[str | Path], *, folder: Path = ROOT, variables: Mapping[str, str] | None = None) -> float:
    """Wall seconds of one run of a command; its output is shown only if it fails.

    Raises:
        RuntimeError: it failed; a benchmark of a failure means nothing.
    """
    started = time.perf_counter()
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    took = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{done.stdout}")
    return took


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The caller's environment without its AWS settings, with this checkout's commands first.

    Bytecode is written as everywhere else: some machines forbid it, and every import would be compiled anew.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    path = os.pathsep.join([str(ROOT / ".venv" / "bin"), str(ROOT / "node_modules" / ".bin"), inherited["PATH"]])
    return {**inherited, "PATH": path, **(variables or {})}


def in_turn(sides: Mapping[str, Callable[[], float]], *, runs: int = 5) -> dict[str, dict[str, Any]]:
    """Measure several sides in turn, A B C A B C ..., after one run of each that is not counted.

    Args:
        sides: what gives the seconds of one run, by name.
        runs: counted runs of each side.

    Returns:
        By name: the median and the single runs, seconds.
    """
    for side in sides.values():
        side()
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(runs):
        for name, side in sides.items():
            times[name].append(side())
    return {
        name: {"median": round(statistics.median(found), 3), "runs": [round(value, 3) for value in found]}
        for name, found in times.items()
    }


def ratio(measured: Mapping[str, Mapping[str, Any]], side: str, to: str) -> float:
    """How many times as long as `to` one side takes, of medians."""
    return round(float(measured[side]["median"]) / float(measured[to]["median"]), 3)


def save(name: str, result: Mapping[str, Any]) -> Path:
    """Write a benchmark's result with the machine that it was measured on."""
    path = RESULTS / f"{name}.json"
    document = {"measured": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "machine": machine(), **result}
    write_atomically(path, json.dumps(document, indent=2) + "\n")
    return path


def machine() -> dict[str, Any]:
    """What somebody needs to know of the machine to compare."""
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
