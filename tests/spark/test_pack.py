"""A packed environment on executors of their own, as on the nodes of a cluster."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from mlproject.libraries import (
    LibraryList,
    Lock,
    Pin,
    Wheel,
    build_pack,
    session_configuration,
)
from mlproject.spark import find_java
from tests.checkouts import ROOT
from tests.libraries.registry import Registry, sha256
from tests.node_scripts.machine import python_like

pytestmark = pytest.mark.spark

PROGRAM = """
import json, sys
from pyspark.sql import SparkSession

def imported(_):
    import sys, tiny_base, tiny_spark
    yield tiny_spark.VERSION, tiny_base.VERSION, tiny_spark.__file__, list(sys.version_info[:2])

context = SparkSession.builder.getOrCreate().sparkContext
print("RESULT" + json.dumps(context.parallelize([0], 1).mapPartitions(imported).collect()[0]))
"""


def spark_home(folder: Path) -> Path:
    """Return a home of Spark whose folder `work`, into which executors write, is not in the installation."""
    (installed,) = (ROOT / ".venv-spark" / "lib").glob("python3.*/site-packages/pyspark")
    folder.mkdir()
    for path in installed.iterdir():
        (folder / path.name).symlink_to(path)
    return folder


def test_executors_import_the_libraries_of_the_archive_in_the_python_of_the_nodes(tmp_path: Path) -> None:
    base, exists = python_like("3.9")
    if not exists:
        pytest.skip("NOT PROVEN HERE: no Python 3.9, which EMR nodes have")
    registry = Registry(folder=tmp_path / "registry")
    paths = [registry.add("tiny-base", "2.5"), registry.add("tiny-spark", "3.0", requires=["tiny-base"])]
    wheels = {Wheel(file=path.name, sha256=sha256(path)): path for path in paths}
    pins = [
        Pin(name=wheel.distribution, version=wheel.file.split("-")[1], hashes=frozenset({wheel.sha256}))
        for wheel in wheels
    ]
    library_list = LibraryList(target="emr", stem="spark", path=tmp_path / "spark.txt", requirements=("tiny-spark",))
    archive = tmp_path / "pack.tar.gz"
    build_pack(library_list, Lock(pins=tuple(pins), wheels=tuple(wheels)).text(library_list), wheels, archive)

    home = spark_home(tmp_path / "spark")
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    python = str(base / "bin" / "python")
    configuration = [f"--conf={name}={value}" for name, value in session_configuration(f"file://{archive}").items()]
    done = subprocess.run(
        [home / "bin" / "spark-submit", "--master", "local-cluster[1,1,1024]", *configuration, program],
        env={
            **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            "SPARK_HOME": str(home),
            "JAVA_HOME": str(find_java().home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": python,
            "PYSPARK_DRIVER_PYTHON": python,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    (result,) = (line for line in done.stdout.splitlines() if line.startswith("RESULT"))
    spark, base_version, file, version = json.loads(result.removeprefix("RESULT"))
    assert (spark, base_version, version) == ("3.0", "2.5", [3, 9])
    assert Path(file).is_relative_to(home / "work")
