"""Each step script is a program of its own that keeps the container's contract."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.definition.folders import FLIGHT_DELAYS
from tests.pipelines.conftest import Prepared

pytestmark = pytest.mark.slow

# A server imports inference.py, which has no arguments. Scripts of Spark are run in tests/spark.
SCRIPTS = sorted(
    path
    for path in (FLIGHT_DELAYS / "steps").glob("*.py")
    if path.name != "inference.py" and not path.stem.endswith("_spark")
)


def run(script: Path, folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """In an empty folder and without this checkout on Python's path, as in a container."""
    return subprocess.run(
        [sys.executable, "-I", script, *arguments],
        cwd=folder,
        env={"PATH": os.defpath, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_explains_itself(script: Path, tmp_path: Path) -> None:
    done = run(script, tmp_path, "--help")
    assert done.returncode == 0, done.stderr
    assert f"usage: {script.name}" in done.stdout
    assert "see --help" in done.stdout


def test_the_scripts_find_their_files_where_the_container_puts_them(prepared: Prepared, tmp_path: Path) -> None:
    inputs, outputs = tmp_path / "processing" / "input", tmp_path / "processing" / "output"
    shutil.copytree(prepared.parts / "test", inputs / "test")
    (inputs / "model").mkdir()
    shutil.copy(prepared.model / "model.tar.gz", inputs / "model")
    done = run(FLIGHT_DELAYS / "steps" / "evaluate.py", tmp_path, SAGEMAKER_BASE_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert json.loads((outputs / "metrics" / "metrics.json").read_text())["rows"] == prepared.counts["rows"]["test"]


def test_training_reads_the_channels_that_the_containers_variables_name(prepared: Prepared, tmp_path: Path) -> None:
    channels = {f"SM_CHANNEL_{name.upper()}": str(prepared.parts / name) for name in ("train", "validation")}
    script = FLIGHT_DELAYS / "steps" / "train.py"
    done = run(script, tmp_path, "--rounds", "20", SM_MODEL_DIR=str(tmp_path / "m"), SM_NUM_CPUS="1", **channels)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "m" / "xgboost-model").read_bytes() == (prepared.model / "xgboost-model").read_bytes()
    assert "validation-auc" in done.stdout


@pytest.mark.parametrize("name", ["prepare.py", "evaluate.py"])
def test_without_data_a_script_ends_in_a_sentence_and_not_in_a_traceback(name: str, tmp_path: Path) -> None:
    done = run(FLIGHT_DELAYS / "steps" / name, tmp_path, SAGEMAKER_BASE_DIR=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())
