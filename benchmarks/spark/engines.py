"""The engines that prepare the flights: their commands, and what they write."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from benchmarks.measurement import ROOT, benchmark_environment
from mlproject.spark import SparkSubmit

STEPS = ROOT / "pipelines" / "flight_delays" / "steps"
PARTS = ("train", "validation", "test", "score")
# The script reads and writes local files: nothing uses the endpoint.
NO_AWS = {"AWS_ENDPOINT_URL": "http://localhost:9", "AWS_REGION": "eu-west-1"}

EngineName = Literal["pandas", "duckdb", "spark"]


@dataclass(frozen=True, kw_only=True)
class Engine:
    """An engine with a number of cores."""

    name: EngineName
    cores: int


ENGINES = (
    Engine(name="pandas", cores=2),
    Engine(name="duckdb", cores=2),
    Engine(name="spark", cores=1),
    Engine(name="spark", cores=2),
)


@dataclass(frozen=True, kw_only=True)
class Job:
    """What an engine is to prepare.

    Args:
        data: folder with the flights and the weather.
        folder: a folder of its own, for outputs and temporary files.
        copies: how many times the flights of 2013.
        memory_gib: memory of the machine in GiB.
    """

    data: Path
    folder: Path
    copies: int
    memory_gib: float

    @property
    def output(self) -> Path:
        return self.folder / "output"


def build_command(engine: Engine, job: Job, spark: SparkSubmit) -> tuple[list[str], Mapping[str, str]]:
    """Return the command of an engine on its cores, and its environment."""
    own, environment = _own_command(engine, job, spark)
    cores = sorted(os.sched_getaffinity(0))[: engine.cores]
    return ["taskset", "--cpu-list", ",".join(map(str, cores)), *own], environment


def _own_command(engine: Engine, job: Job, spark: SparkSubmit) -> tuple[list[str], Mapping[str, str]]:
    paths = ["--data", str(job.data), "--output", str(job.output)]
    # Two thirds for the heap, as for DuckDB; both need memory beside it, Spark also for Python.
    memory = f"{int(job.memory_gib * 2 / 3)}g"
    match engine.name:
        case "pandas":
            return [sys.executable, str(STEPS / "prepare.py"), *paths], benchmark_environment()
        case "duckdb":
            limits = ["--memory", f"{memory}b", "--threads", str(engine.cores)]
            script = ["-m", "benchmarks.spark.prepare_duckdb", "--temporary", str(job.folder / "temporary")]
            return [sys.executable, *script, *paths, *limits], benchmark_environment({"PYTHONPATH": str(ROOT)})
        case "spark":
            # About as many flights in a partition as in the original data, which has 4.
            partitions = ["--conf", f"spark.sql.shuffle.partitions={4 * job.copies}"]
            arguments = ["--driver-memory", memory, *partitions, *script_arguments(job.data, job.output)]
            return spark.command(arguments, folder=job.folder / "spark", variables=NO_AWS)


def script_arguments(
    data: str | Path, output: str | Path, *, script: str | Path = STEPS / "prepare_spark.py"
) -> list[str]:
    """Return prepare_spark.py and its arguments, as `spark-submit` expects them."""
    outputs = [word for name in (*PARTS, "counts") for word in (f"--{name}", f"{output}/{name}")]
    return [str(script), "--data", str(data), *outputs]


def verify_same_parts(outputs: Mapping[str, Path]) -> None:
    """Compare what engines wrote with what the first one wrote.

    Args:
        outputs: folder of the outputs by engine.

    Raises:
        AssertionError: rows, their order, values or types differ.
    """
    (first, expected), *others = outputs.items()
    for part in PARTS:
        table = _read_part(expected / part)
        for name, output in others:
            pd.testing.assert_frame_equal(
                _read_part(output / part), table, check_exact=True, obj=f"{part} of {name} and {first}"
            )
    for name, output in others:
        assert _read_counts(output) == _read_counts(expected), f"counts of {name} and {first}"


def _read_part(folder: Path) -> pd.DataFrame:
    (file,) = folder.glob("*.csv")
    return pd.read_csv(file)


def _read_counts(output: Path) -> Mapping[str, object]:
    (file,) = [*(output / "counts").glob("*.json"), *(output / "counts").glob("*.txt")]
    counts: Mapping[str, object] = json.loads(file.read_text())
    return counts


def last_error(output: str) -> str:
    """Return the last line of a failed run's output that names an error, or its last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no output"]
    named = [line for line in lines if re.search("error|exception", line, re.IGNORECASE)]
    return (named or lines)[-1][:200]
