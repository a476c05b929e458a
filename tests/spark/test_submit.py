"""The command of a cluster's `spark-submit` on this machine, without running it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.spark import Java, SparkSubmit
from mlproject.spark.submit import script_position

S3 = {"AWS_ENDPOINT_URL": "http://localhost:5000", "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "key"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], 0),
        (["--deploy-mode", "cluster", "--conf", "spark.executor.memory=4g"], 4),
        (["--verbose", "--conf=spark.a=b", "--py-files", "s3://b/c.zip"], 4),
    ],
)
def test_the_script_is_found_after_the_options_and_their_values(options: list[str], expected: int) -> None:
    assert script_position([*options, "s3://bucket/job.py", "--master", "mine"]) == expected


def test_a_step_runs_on_this_machine_whatever_its_options_say_and_its_own_arguments_stay(tmp_path: Path) -> None:
    spark = SparkSubmit(
        java=Java(home=Path("/java"), version="17"),
        spark_home=Path("/spark"),
        jars=tmp_path,
        python=Path("/python3.9"),
        cores="2",
    )
    given = ["--master", "yarn", "--deploy-mode", "cluster", "s3://bucket/job.py", "--master", "mine"]
    argv, environment = spark.command(given, folder=tmp_path / "step", variables=S3)
    place = ["--master", "local[2]", "--deploy-mode", "client"]
    assert argv == ["/spark/bin/spark-submit", *given[:4], *place, *given[4:]]
    assert environment.items() >= {**S3, "SPARK_HOME": "/spark", "PYSPARK_PYTHON": "/python3.9"}.items()
    settings = (tmp_path / "step" / "conf" / "spark-defaults.conf").read_text()
    assert "spark.hadoop.fs.s3a.endpoint http://localhost:5000" in settings
    assert "key" not in settings  # credentials are only in variables
