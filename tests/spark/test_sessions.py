"""Sessions of local Spark: real Spark behind Livy's REST API, with the role of the cluster's nodes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlproject.libraries import read_lock
from tests.deployed_projects.platform import DeployedPlatform
from tests.spark.livy import Livy

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]


def bucket(platform: DeployedPlatform, project: str, use: str) -> str:
    return f"s3://{platform.deployment(project).names.bucket(use)}"


def text(output: Any) -> str:
    assert output["status"] == "ok", output
    return str(output["data"]["text/plain"])


def test_a_session_reads_the_projects_data_and_writes_encrypted_results(
    platform: DeployedPlatform, livy: Livy, session: int
) -> None:
    data, results = bucket(platform, "flights", "data"), bucket(platform, "flights", "artifacts") + "/spark/late"
    read = f"delays = spark.read.csv('{data}/raw/delays.csv', header=True, inferSchema=True)\ndelays.count()"
    assert text(livy.run(session, read)) == "3"
    # Twice, since overwriting deletes what is there.
    write = f"delays.where('delay > 0').write.mode('overwrite').parquet('{results}')"
    for _ in range(2):
        assert text(livy.run(session, write)) == ""
    assert text(livy.run(session, f"spark.read.parquet('{results}').count()")) == "2"
    s3, names = platform.client("s3"), platform.deployment("flights").names
    keys = [
        each["Key"] for each in s3.list_objects_v2(Bucket=names.bucket("artifacts"), Prefix="spark/late/")["Contents"]
    ]
    (part,) = (key for key in keys if key.endswith(".parquet"))
    assert s3.head_object(Bucket=names.bucket("artifacts"), Key=part)["ServerSideEncryption"] == "aws:kms"
    assert not [key for key in keys if "_temporary" in key or "__magic" in key]


@pytest.mark.parametrize(
    "code",
    [
        "spark.read.csv('{digits}/raw/delays.csv').count()",
        "spark.range(1).write.parquet('{flights}/raw/written')",
    ],
)
@pytest.mark.provokes_denials
def test_another_projects_bucket_and_the_projects_own_data_are_protected_by_the_role(
    platform: DeployedPlatform, livy: Livy, session: int, code: str
) -> None:
    buckets = {project: bucket(platform, project, "data") for project in ("digits", "flights")}
    output = livy.run(session, code.format(**buckets))
    assert output["status"] == "error"
    assert "java.nio.file.AccessDeniedException" in output["evalue"]


def test_a_session_has_the_python_of_emr_and_the_libraries_of_the_lock_on_driver_and_workers(
    platform: DeployedPlatform, livy: Livy, session: int
) -> None:
    pins = read_lock((platform.root / "projects/flights/libraries/locks/emr/emr.txt").read_text()).versions
    code = """
def versions(_):
    import sys
    from importlib.metadata import distributions
    names = {each.metadata["Name"].lower().replace("_", "-"): each.version for each in distributions()}
    yield sys.version_info[:2], names

import json
found = [next(versions(None)), *spark.sparkContext.parallelize([1], 1).mapPartitions(versions).collect()]
print(json.dumps(found))
"""
    assert pins
    for python, installed in json.loads(text(livy.run(session, code))):
        assert python == [3, 9]
        assert pins.items() <= installed.items()


# What a real Livy 0.8.0 returned for the same code, except for the number of the statement.
RECORDED = {
    "spark.range(1000).count()": {"text/plain": "1000"},
    "rows = [{'a': 1, 'b': 'x'}]\n%json rows": {"application/json": [{"a": 1, "b": "x"}]},
    "%table rows": {
        "application/vnd.livy.table.v1+json": {
            "headers": [{"name": "a", "type": "INT_TYPE"}, {"name": "b", "type": "STRING_TYPE"}],
            "data": [[1, "x"]],
        }
    },
}


def test_results_have_the_format_that_livy_0_8_returned(livy: Livy, session: int) -> None:
    for code, data in RECORDED.items():
        output = livy.run(session, code)
        assert (output["status"], output["data"]) == ("ok", data)
    failed = livy.run(session, "1/0")
    assert (failed["status"], failed["ename"], failed["evalue"]) == ("error", "ZeroDivisionError", "division by zero")
    assert failed["traceback"] == ["Traceback (most recent call last):\n", "ZeroDivisionError: division by zero\n"]
    assert isinstance(failed["execution_count"], int)
    assert livy.call("GET", "/sessions/99") == {"msg": "Session '99' not found."}


def test_sql_sees_the_views_of_python_and_returns_rows_as_arrays(livy: Livy, session: int) -> None:
    livy.run(
        session, "spark.createDataFrame([(2, 'b'), (1, None)], 'a int, b string').createOrReplaceTempView('numbers')"
    )
    found = livy.run(session, "SELECT * FROM numbers ORDER BY a;", kind="sql")["data"]["application/json"]
    assert [field["name"] for field in found["schema"]["fields"]] == ["a", "b"]
    assert found["data"] == [[1, None], [2, "b"]]
    failed = livy.run(session, "SELECT missing FROM numbers", kind="sql")
    assert failed["status"] == "error"
    assert "UNRESOLVED_COLUMN" in failed["evalue"]
    assert "has no interpreter for kind 'spark'" in livy.run(session, "1", kind="spark")["evalue"]


@pytest.mark.parametrize(
    "code",
    [
        "import time\ntime.sleep(600)",
        "import time\nspark.sparkContext.parallelize(range(2), 2).map(lambda _: time.sleep(600)).count()",
    ],
)
def test_a_cancelled_statement_ends_in_python_and_in_spark_and_the_session_goes_on(
    livy: Livy, session: int, code: str
) -> None:
    running = livy.submit(session, code)
    waiting = livy.submit(session, "print('never')")
    livy.wait_for(session, running, "running")
    for statement in (waiting, running):
        assert livy.call("POST", f"/sessions/{session}/statements/{statement}/cancel") == {"msg": "canceled"}
    assert livy.result(session, running)["state"] == "cancelled"
    assert livy.result(session, waiting)["state"] == "cancelled"
    assert text(livy.run(session, "spark.range(10).count()")) == "10"


def test_completion_knows_the_variables_of_the_session(livy: Livy, session: int) -> None:
    found = livy.call("POST", f"/sessions/{session}/completion", {"code": "spark.re", "kind": "pyspark", "cursor": 8})
    assert {"read", "readStream"} <= set(found["candidates"])


def test_a_statement_that_ends_python_fails_the_session_with_a_sentence(livy: Livy) -> None:
    other = livy.create_session(kind="sql")
    assert livy.run(other, "SELECT 1 AS one")["data"]["application/json"]["data"] == [[1]]
    ended = livy.run(other, "import os\nos._exit(3)", kind="pyspark")
    assert ended["evalue"] == "the Python process of the session ended; delete it and start another session"
    assert livy.call("GET", f"/sessions/{other}")["state"] == "error"
    assert livy.call("DELETE", f"/sessions/{other}") == {"msg": "deleted"}
    assert livy.call("GET", f"/sessions/{other}") == {"msg": f"Session '{other}' not found."}
