"""SparkMagic with the local Spark of a project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mlproject.aws_rules.emr import LIVY_PORT

if TYPE_CHECKING:
    from mlproject.cli.common.local_spark import LocalCluster
    from mlproject.parameters import Deployment


def write_spark_kernels(
    root: Path, deployment: Deployment, folder: Path, *, report: Callable[[str], None]
) -> tuple[str, ...]:
    """Write the kernels that use the local Spark of a project, whether it runs or not.

    Args:
        root: the checkout.
        deployment: the project in an environment of the embedded AWS.
        folder: a data folder of Jupyter.
        report: called with a sentence about what is missing, or about a configuration that SparkMagic cannot read.

    Returns:
        the names of the kernels; none if the project has no cluster, or SparkMagic is not installed.

    Raises:
        UserError: a file cannot be written.
    """
    from mlproject.cli.common.local_spark import LocalCluster
    from mlproject.node_scripts import kernel_variables
    from mlproject.notebooks import spark_kernels, write_kernel

    environment = root / ".venv-notebooks"
    if deployment.emr is None:
        return ()
    if not any(environment.glob("lib/python3.*/site-packages/sparkmagic")):
        report(
            "there are no Spark kernels, because SparkMagic is not installed in this checkout. Run `make notebooks`."
        )
        return ()
    cluster = LocalCluster(root=root, deployment=deployment)
    running = cluster.state.running()
    set_livy_url(cluster, running.url if running else f"http://localhost:{LIVY_PORT}", report=report)
    kernels = spark_kernels(
        python=environment / "bin" / "python",
        variables=kernel_variables(deployment),
        configuration=cluster.sparkmagic,
    )
    for kernel in kernels:
        write_kernel(kernel, folder)
    return tuple(kernel.name for kernel in kernels)


def set_livy_url(cluster: LocalCluster, url: str, *, report: Callable[[str], None]) -> None:
    """Set the address of Livy for the kernels of a project that are started from now on.

    Args:
        cluster: the local Spark.
        url: its address.
        report: called with a sentence about a configuration that SparkMagic cannot read.

    Raises:
        UserError: the configuration cannot be written.
    """
    from mlproject.notebooks import configure_sparkmagic

    message = configure_sparkmagic(cluster.sparkmagic, url=url)
    if message:
        report(message)
