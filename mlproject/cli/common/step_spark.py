"""The Spark of this machine for the EMR steps of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlproject.parameters import Deployment
    from mlproject.spark import SparkSubmit


def prepare_spark(root: Path, deployment: Deployment | None, *, report: Callable[[str], None]) -> SparkSubmit:
    """Return the Spark for EMR steps, with the Python of EMR and the project's libraries for the cluster.

    Args:
        root: the checkout.
        deployment: the project in an environment; None for a definition that belongs to no project.
        report: called with lines about what takes long.

    Raises:
        UserError: Java, Maven, PySpark or the Python of EMR is missing.
    """
    from mlproject.cli.common.local_spark import FOLDER, find_spark_home
    from mlproject.cli.common.spark_python import spark_python
    from mlproject.spark import SparkSubmit, find_java, prepare_jars

    spark_home, java = find_spark_home(root), find_java()
    jars = prepare_jars(root / FOLDER / "jars", report=report)
    python, _ = spark_python(root, deployment, report=report)
    return SparkSubmit(java=java, spark_home=spark_home, jars=jars, python=python)
