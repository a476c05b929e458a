"""The step Prepare with Spark in a run of a pipeline, and a plain `spark-submit` of the same script.

In the run, Spark also reads and writes S3 in the embedded AWS. The goal is at most 1.15 times the time.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.measurement import compute_ratio, measure_in_turn
from benchmarks.spark.engines import NO_AWS, STEPS, script_arguments
from benchmarks.spark.flight_copies import write_copies
from mlproject.cli.common.run_server import run_own_aws
from mlproject.runner import run_definition_file
from mlproject.spark import SparkSubmit

GOAL = 1.15
_DATA, _OUTPUTS, _CODE = "s3://team/data", "s3://team/outputs", "s3://team/code/prepare_spark.py"


def measure_step(spark: SparkSubmit, *, runs: int = 3) -> dict[str, Any]:
    """Return the seconds of both, and the ratio of their medians."""
    with tempfile.TemporaryDirectory(prefix="mlproject-spark-step-") as temporary:
        folders = (Path(temporary) / str(number) for number in count())
        data = write_copies(next(folders), 1)
        measured = measure_in_turn(
            {
                "plain": lambda: _plain_seconds(spark, data, next(folders)),
                "pipeline": lambda: _step_seconds(spark, data, next(folders)),
            },
            runs=runs,
        )
    ratio = compute_ratio(measured, "pipeline", "plain")
    goal = {"measured": ratio, "goal": f"<= {GOAL}", "met": ratio <= GOAL}
    return {"step": measured, "step_ratio": ratio, "goals": {"the step, compared with a plain script": goal}}


def _plain_seconds(spark: SparkSubmit, data: Path, folder: Path) -> float:
    arguments = script_arguments(data, folder / "output")
    command, environment = spark.command(arguments, folder=folder, variables=NO_AWS)
    started = time.perf_counter()
    subprocess.run(command, env=environment, cwd=folder, capture_output=True, check=True)
    return time.perf_counter() - started


def _step_seconds(spark: SparkSubmit, data: Path, folder: Path) -> float:
    """Run a definition with the step, and return the seconds of the step."""
    words = ["spark-submit", *script_arguments(_DATA, _OUTPUTS, script=_CODE)]
    config = {"HadoopJarStep": {"Jar": "command-runner.jar", "Args": words}}
    step = {"Name": "Prepare", "Type": "EMR", "Arguments": {"ClusterId": "j-LOCAL", "StepConfig": config}}
    definition = folder / "definition.json"
    folder.mkdir()
    definition.write_text(json.dumps({"Version": "2020-12-01", "Parameters": [], "Steps": [step]}))
    result = run_definition_file(
        file=definition,
        code=STEPS,
        data={_DATA: data},
        parameters={},
        folder=folder,
        start_aws=run_own_aws,
        start_spark=lambda: spark,
    )
    if result.failure:
        raise RuntimeError(result.failure)
    return float(result.step("Prepare").seconds)
