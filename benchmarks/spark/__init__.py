"""The preparation of flight_delays with pandas, DuckDB and Spark on this machine, with growing data.

All engines read the same zip file and write the same parts to the disk. A run may have as much memory as the largest
instances with two virtual CPUs, and a limited time; a run that needs more is a result, too. Then the step Prepare in a
run of the pipeline is compared with a plain `spark-submit` of its script.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.measurement import ROOT
from benchmarks.spark.engines import ENGINES, Engine, Job, build_command, last_error, verify_same_parts
from benchmarks.spark.flight_copies import write_copies
from benchmarks.spark.limited_process import run_limited
from benchmarks.spark.step_overhead import measure_step
from mlproject.cli.common.step_spark import prepare_spark
from mlproject.spark import SparkSubmit

COPIES = (1, 10, 100)
# The memory of ml.r5.large and ml.r7i.large, of which 80 % are usable, as in benchmarks/training_guide.py.
MEMORY_LIMIT_GIB = 0.8 * 16
TIME_LIMIT = 10 * 60
# Of several runs, the fastest counts, since other work on the machine only adds time.
RUNS = {1: 3}


def measure() -> dict[str, Any]:
    """Measure each engine with each amount of data, and the step."""
    spark = prepare_spark(ROOT, None, report=print)
    load_before = _load()
    return {
        "load_before": load_before,
        "memory_limit_gib": MEMORY_LIMIT_GIB,
        "time_limit": TIME_LIMIT,
        "preparation": measure_engines(spark),
        **measure_step(spark),
        "load_after": _load(),
    }


def measure_engines(spark: SparkSubmit, *, all_copies: Sequence[int] = COPIES) -> list[dict[str, Any]]:
    """Return the runs of all engines, with the little data first; they must write the same with the original data."""
    runs = []
    for copies in all_copies:
        with tempfile.TemporaryDirectory(prefix="mlproject-spark-") as name:
            data = write_copies(Path(name) / "data", copies)
            outputs = {}
            for engine in ENGINES:
                job = Job(
                    data=data,
                    folder=Path(name) / f"{engine.name}-{engine.cores}",
                    copies=copies,
                    memory_gib=MEMORY_LIMIT_GIB,
                )
                run = _fastest_run(engine, job, spark)
                outputs[f"{engine.name} on {engine.cores} cores"] = job.output
                runs.append({"engine": engine.name, "cores": engine.cores, "copies": copies, **run})
                print(f"  {runs[-1]}", flush=True)
            if copies == 1:
                verify_same_parts(outputs)
    return runs


def _fastest_run(engine: Engine, job: Job, spark: SparkSubmit) -> dict[str, Any]:
    results = [_run(engine, job, spark) for _ in range(RUNS.get(job.copies, 1))]
    return min(results, key=lambda result: float(result["seconds"]))


def _run(engine: Engine, job: Job, spark: SparkSubmit) -> dict[str, Any]:
    """Run an engine, and leave only what it wrote."""
    shutil.rmtree(job.folder, ignore_errors=True)
    job.folder.mkdir()
    command, environment = build_command(engine, job, spark)
    measured = run_limited(
        command, environment=environment, log=job.folder / "log", memory_gib=job.memory_gib, seconds=TIME_LIMIT
    )
    for path in job.folder.iterdir():
        if path.is_dir() and path != job.output:
            shutil.rmtree(path)
    run = {
        "outcome": measured.outcome,
        "seconds": measured.seconds,
        "peak_memory_mib": measured.peak_memory_mib,
    }
    return {**run, "error": last_error(measured.output)} if measured.outcome == "error" else run


def _load() -> list[float]:
    return [round(value, 2) for value in os.getloadavg()]
