"""Libraries that a session installs for itself with the methods of EMR's SparkContext."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.libraries.index_server import serve_index
from tests.libraries.registry import Registry
from tests.spark.livy import Livy

pytestmark = pytest.mark.spark

ON_EXECUTORS = "sc.parallelize([0], 1).map(lambda _: __import__('tiny_spark').VERSION).collect()"


def text(output: dict[str, object]) -> str:
    """Return what a statement printed."""
    data = output["data"]
    assert output["status"] == "ok"
    assert isinstance(data, dict)
    return str(data["text/plain"])


def test_a_session_installs_lists_and_removes_libraries_that_no_other_session_has(
    tmp_path: Path, livy: Livy, session: int
) -> None:
    registry = Registry(folder=tmp_path / "registry")
    registry.add("tiny-spark", "3.0", requires=["tiny-base"])
    registry.add("tiny-base", "2.5")
    own = livy.create_session(kind="pyspark")
    with serve_index(registry, {}) as variables:
        address = variables["PIP_INDEX_URL"]
        installed = text(livy.run(own, f"sc.install_pypi_package('tiny-spark==3.0', '{address}')"))
        assert "Collecting tiny-spark==3.0" in installed
        assert "Successfully installed tiny-base-2.5 tiny-spark-3.0" in installed
        assert text(livy.run(own, "import tiny_spark; tiny_spark.VERSION")) == "'3.0'"
        assert text(livy.run(own, ON_EXECUTORS)) == "['3.0']"

        unknown = livy.run(own, f"sc.install_pypi_package('tiny-sprak', '{address}')")
        assert (unknown["status"], unknown["ename"]) == ("error", "InstallationError")
        assert unknown["evalue"] == "ERROR: No matching distribution found for tiny-sprak"

    listed = text(livy.run(own, "sc.list_packages()"))
    assert listed.splitlines()[0].split() == ["Package", "Version"]
    assert ["tiny-base", "2.5"] in [line.split() for line in listed.splitlines()]
    # The libraries of the cluster are listed too, and cannot be removed.
    assert "holidays" in listed
    refused = livy.run(own, "sc.uninstall_package('holidays')")
    assert (refused["ename"], refused["evalue"]) == (
        "ValueError",
        "holidays was not installed in this session, so it cannot be removed",
    )

    assert "tiny" not in text(livy.run(session, "sc.list_packages()"))
    assert livy.run(session, "import tiny_spark")["ename"] == "ModuleNotFoundError"

    assert "Successfully uninstalled tiny-base-2.5" in text(livy.run(own, "sc.uninstall_package('tiny_base')"))
    assert "tiny-base" not in text(livy.run(own, "sc.list_packages()"))
    assert livy.run(own, "import tiny_base")["ename"] == "ModuleNotFoundError"
    livy.call("DELETE", f"/sessions/{own}")
