"""The example notebooks on Spark run from top to bottom in both kernels, and say what they show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.checkouts import ROOT
from tests.deployed_projects.platform import DeployedPlatform
from tests.notebooks.executed import ExecutedNotebook, findings, numbers, run
from tests.spark.livy import Livy

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900), pytest.mark.usefixtures("flights_data")]

FOLDER = ROOT / "projects" / "flights" / "notebooks"


def execute(name: str, jupyter: dict[str, str], folder: Path) -> ExecutedNotebook:
    """Run a notebook. No cell failed on Spark, since the configuration makes such a failure an error of the cell."""
    executed = run(FOLDER / f"{name}.en.ipynb", folder / "executed.ipynb", jupyter)
    for language in ("en", "es"):
        found = findings(FOLDER / f"{name}.{language}.ipynb")
        assert found
        assert set(found) <= numbers(executed.text), language
    assert "Warning" not in executed.text
    return executed


def test_the_notebook_with_magics_in_the_python_kernel_ends_its_session_and_no_other(
    jupyter: dict[str, str], livy: Livy, session: int, tmp_path: Path
) -> None:
    text = execute("spark_ipython", jupyter, tmp_path).text
    assert re.search(r"Name: flights\s+Session id: \d+\s+YARN id: None\s+Kind: pyspark\s+State: idle", text)
    assert "INFO DAGScheduler: Job " in text
    assert re.search(r"month +wind\n +3 +12\.9\n", text)
    assert [each["id"] for each in livy.call("GET", "/sessions")["sessions"]] == [session]


def test_the_pyspark_notebook_runs_on_the_flights_and_its_cleanup_ends_every_session(
    jupyter: dict[str, str], livy: Livy, platform: DeployedPlatform, tmp_path: Path
) -> None:
    text = execute("spark_pyspark", jupyter, tmp_path).text
    assert "Spark 3.5.6 with 6 partitions after a shuffle" in text
    # What %%configure does not mention has the value of the configuration.
    assert "{'driverMemory': '1g', 'executorMemory': '2g', 'executorCores': 2, 'conf': {" in text
    assert re.search(r"carrier +flights +late_percent\n +F9 +681 +37\.3\n", text)
    assert "NameError: name 'display' is not defined" in text
    assert "INFO DAGScheduler: Job " in text
    assert livy.call("GET", "/sessions")["sessions"] == []
    names = platform.deployment("flights").names
    written = platform.client("s3").list_objects_v2(Bucket=names.bucket("artifacts"), Prefix="spark/example/flights/")
    assert any(each["Key"].endswith(".parquet") for each in written["Contents"])
