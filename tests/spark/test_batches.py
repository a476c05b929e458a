"""Batches of local Spark: programs in S3, which Livy submits to real Spark with the role of the cluster's nodes."""

from __future__ import annotations

import pytest

from tests.deployed_projects.platform import DeployedPlatform
from tests.spark.livy import Livy
from tests.spark.scripts import put_script

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

PROGRAM = """
import sys
from pyspark.sql import SparkSession

source, target = sys.argv[1:]
spark = SparkSession.builder.getOrCreate()
late = spark.read.csv(source, header=True, inferSchema=True).where("delay > 0")
late.write.mode("overwrite").parquet(target)
print("late:", spark.read.parquet(target).count(), sys.version_info[:2])
"""


def test_a_program_in_s3_reads_the_projects_data_and_writes_results_with_the_python_of_emr(
    platform: DeployedPlatform, livy: Livy
) -> None:
    names = platform.deployment("flights").names
    source, target = f"s3://{names.bucket('data')}/raw/delays.csv", f"s3://{names.bucket('artifacts')}/spark/batch"
    batch = livy.submit_batch(put_script(platform, "flights", PROGRAM), source, target)
    assert livy.batch_state(batch) == "success", livy.batch_log(batch)
    assert "late: 2 (3, 9)" in livy.batch_log(batch)


def test_the_log_of_a_failed_program_names_its_error(platform: DeployedPlatform, livy: Livy) -> None:
    batch = livy.submit_batch(put_script(platform, "flights", "raise ValueError('no flights on this day')"))
    assert livy.batch_state(batch) == "dead"
    assert "ValueError: no flights on this day" in livy.batch_log(batch)


@pytest.mark.provokes_denials
def test_a_program_of_another_project_is_not_readable(platform: DeployedPlatform, livy: Livy) -> None:
    batch = livy.submit_batch(put_script(platform, "digits", "print('read')"))
    assert livy.batch_state(batch) == "dead"
    assert any("AccessDenied" in line or "403 Forbidden" in line for line in livy.batch_log(batch))
