"""What people see when Livy or their session is gone, busy or slow, and how they continue."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.notebooks import configure_sparkmagic
from tests.spark.failure_cases import FAILURES
from tests.spark.installed import free_port
from tests.spark.kernels import SparkKernel, jupyter_variables
from tests.spark.livy import Livy
from tests.spark.old_cluster import OldCluster

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]


def test_without_livy_the_first_cell_fails_and_only_a_new_kernel_tries_again(livy: Livy, tmp_path: Path) -> None:
    variables = jupyter_variables(tmp_path, url=f"http://localhost:{free_port()}")
    with SparkKernel("pysparkkernel", variables) as kernel:
        first = kernel.run("1 + 1")
        assert first.errors.startswith(FAILURES["down"])
        assert "`mlproject cluster status PROJECT -e ENVIRONMENT`" in first.errors
        assert first.error.startswith("HttpClientException: Error sending http request")
        assert kernel.run("%%local\n1 + 1").text == "2"
        assert configure_sparkmagic(tmp_path / "sparkmagic", url=livy.url) == ""
        again = kernel.run("1 + 1")
        assert (again.errors[: len(FAILURES["down"])], again.error, again.text) == (FAILURES["down"], "", "")
    with SparkKernel("pysparkkernel", variables) as kernel:
        assert kernel.run("%%info").error == ""


def test_a_busy_session_fails_the_cell_until_it_is_idle(livy: Livy, pyspark: SparkKernel) -> None:
    assert pyspark.run("x = 1").error == ""
    session = newest_session(livy)
    running = livy.submit(session, "import time\ntime.sleep(600)")
    livy.wait_for(session, running, "running")
    assert FAILURES["busy"] in pyspark.run("x").error
    livy.call("POST", f"/sessions/{session}/statements/{running}/cancel")
    livy.result(session, running)
    assert pyspark.run("x").text.endswith("1")


def test_an_apostrophe_prevents_that_a_table_is_sent_and_fails_nothing(pyspark: SparkKernel) -> None:
    assert pyspark.run("spark.version").error == ""
    pyspark.run("%%local\nimport pandas as pd\nnames = pd.DataFrame({'name': [\"O'Hare\"]})")
    # It ends the text in the code that SparkMagic generates.
    sent = pyspark.run("%%send_to_spark -i names -t df -n names")
    assert (FAILURES["apostrophe"] in sent.errors, sent.error) == (True, "")


def test_configure_starts_another_session_in_place_of_a_lost_one(livy: Livy, pyspark: SparkKernel) -> None:
    assert pyspark.run("x = 1").error == ""
    kept = pyspark.run('%%configure\n{"driverMemory": "1g"}')
    assert kept.errors.startswith(FAILURES["started"])
    session = newest_session(livy)
    livy.call("DELETE", f"/sessions/{session}")
    lost = pyspark.run("x").error
    assert FAILURES["lost"] in lost
    assert f"Session '{session}' not found." in lost
    assert pyspark.run("%%configure -f\n{}").error == ""
    assert "name 'x' is not defined" in pyspark.run("x").error


def test_a_kernel_keeps_the_address_of_a_replaced_cluster_and_a_new_one_has_the_new_address(
    livy: Livy, old_cluster: OldCluster, pyspark: SparkKernel, pyspark_variables: dict[str, str]
) -> None:
    assert pyspark.run("6 * 7").text.endswith("42")
    old_cluster.replace()
    folder = Path(pyspark_variables["JUPYTER_DATA_DIR"]).parent / "sparkmagic"
    assert configure_sparkmagic(folder, url=livy.url) == ""
    assert FAILURES["replaced"] in pyspark.run("6 * 7").error
    with SparkKernel("pysparkkernel", pyspark_variables) as kernel:
        shown = kernel.run("%%info")
        assert (shown.error, "pyspark" in shown.text) == ("", True)


def test_a_session_that_takes_too_long_is_ended(livy: Livy, tmp_path: Path) -> None:
    before = livy.call("GET", "/sessions")["sessions"]
    variables = jupyter_variables(tmp_path, url=livy.url, settings={"livy_session_startup_timeout_seconds": 0.1})
    with SparkKernel("pysparkkernel", variables) as kernel:
        assert FAILURES["slow"] in kernel.run("1 + 1").error
    assert [each["id"] for each in livy.call("GET", "/sessions")["sessions"]] == [each["id"] for each in before]


def test_a_property_that_livy_does_not_know_is_named(livy: Livy, tmp_path: Path) -> None:
    with SparkKernel("pysparkkernel", jupyter_variables(tmp_path, url=livy.url)) as kernel:
        assert kernel.run('%%configure -f\n{"executorMemroy": "1g"}').error == ""
        error = kernel.run("1 + 1").error
        assert f'{FAILURES["property"]} \\"executorMemroy\\"' in error


def newest_session(livy: Livy) -> int:
    """Return the session that was started last, which is that of the shared kernel."""
    return max(int(each["id"]) for each in livy.call("GET", "/sessions")["sessions"])
