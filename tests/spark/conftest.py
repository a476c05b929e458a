"""Local Spark of the project flights in an embedded AWS, with two deployed projects and their data."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import embedded_aws as aws
from mlproject.cli.common.sparkmagic import write_spark_kernels
from mlproject.errors import UserError
from mlproject.notebooks import laptop_variables
from mlproject.spark import find_java, find_maven
from tests.checkouts import ROOT
from tests.deployed_projects.platform import REGION, DeployedPlatform, deploy, lay_out_with_spark
from tests.node_scripts.machine import python_like
from tests.spark.installed import free_port, link_spark
from tests.spark.kernels import SparkKernel, jupyter_variables
from tests.spark.livy import Livy
from tests.spark.old_cluster import OldCluster
from tests.spark.preparation import prepare_with_pandas
from tests.stacks.assembly import once

# jsii starts the first `node` on PATH.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

CSV = b"carrier,delay\nAA,10\nUA,-5\nUA,20\n"


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory, embedded_aws: aws.Server) -> DeployedPlatform:
    """The projects flights and digits in the environment dev, each with a CSV file in its data bucket."""
    try:
        find_java()
        find_maven()
    except UserError as error:
        pytest.skip(f"NOT PROVEN HERE: {error}")
    if not python_like("3.9")[1]:
        pytest.skip("NOT PROVEN HERE: no Python 3.9, which EMR nodes have")
    root = tmp_path_factory.mktemp("checkout") / "platform"
    shutil.copytree(once(tmp_path_factory, "platform-with-spark", lay_out_with_spark), root, symlinks=True)
    (root / ".venv-notebooks").symlink_to(ROOT / ".venv-notebooks", target_is_directory=True)
    link_spark(root)
    platform = deploy(root, embedded_aws)
    for project in ("flights", "digits"):
        bucket = platform.deployment(project).names.bucket("data")
        platform.client("s3").put_object(Bucket=bucket, Key="raw/delays.csv", Body=CSV)
    return platform


@pytest.fixture(scope="session")
def flights_data(platform: DeployedPlatform) -> None:
    """The data set of the project, in its data bucket."""
    pushed = platform.mlproject("data", "push", "flights", "-e", "dev")
    assert pushed.returncode == 0, pushed.stderr


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, platform: DeployedPlatform, flights_data: None) -> Path:
    """The parts of the flights as pandas prepares them."""
    return prepare_with_pandas(platform, tmp_path_factory.mktemp("pandas"))


@pytest.fixture(scope="session")
def livy(platform: DeployedPlatform) -> Iterator[Livy]:
    """Livy, as `mlproject spark local up flights -e dev` starts it."""
    port = free_port()
    started = platform.mlproject("spark", "local", "up", "flights", "-e", "dev", "--port", str(port), "--json")
    assert started.returncode == 0, started.stderr
    facts = json.loads(started.stdout)
    assert (facts["started"], facts["port"]) == (True, port)
    yield Livy(port=port, log=Path(facts["log"]))
    platform.mlproject("spark", "local", "down", "flights", "-e", "dev")


@pytest.fixture(scope="session")
def old_cluster(livy: Livy) -> Iterator[OldCluster]:
    """The address of Livy that the kernel `pyspark` has."""
    cluster = OldCluster(livy)
    yield cluster
    cluster.replace()


@pytest.fixture(scope="session")
def pyspark_variables(old_cluster: OldCluster, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables of the Jupyter that starts the kernel `pyspark`, with a setting of a person."""
    folder = tmp_path_factory.mktemp("pyspark")
    return jupyter_variables(folder, url=old_cluster.url, settings={"wait_for_idle_timeout_seconds": 5})


@pytest.fixture(scope="session")
def pyspark(pyspark_variables: dict[str, str]) -> Iterator[SparkKernel]:
    """A PySpark kernel that tests share. Its session starts with the first cell."""
    with SparkKernel("pysparkkernel", pyspark_variables) as kernel:
        yield kernel


@pytest.fixture(scope="session")
def sessions() -> list[int]:
    """The sessions that tests share, in the order in which they were started."""
    return []


@pytest.fixture
def session(livy: Livy, sessions: list[int]) -> int:
    """An idle PySpark session, which tests share until one of them ends it."""
    if not sessions or not livy.has_session(sessions[-1]):
        sessions.append(livy.create_session(kind="pyspark"))
    return sessions[-1]


@pytest.fixture(scope="session")
def jupyter(platform: DeployedPlatform, livy: Livy, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables of a Jupyter that has the Spark kernels of `mlproject notebook local flights -e dev`."""
    variables = laptop_variables(
        endpoint=platform.server.endpoint, region=REGION, credentials={}, folder=tmp_path_factory.mktemp("jupyter")
    )
    folder = Path(variables["JUPYTER_DATA_DIR"])
    assert write_spark_kernels(platform.root, platform.deployment("flights"), folder, report=pytest.fail) == (
        "pysparkkernel",
        "sparkmagic",
    )
    return variables
