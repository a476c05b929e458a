"""Libraries of an EMR node: the bootstrap action from S3, and `sudo pip3 install -r` with a near index.

Both are measured until the node's Python can import the libraries. The bootstrap action has then also verified them.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import embedded_aws as aws
from benchmarks.measurement import compute_ratio, measure_in_turn, measure_seconds
from mlproject.libraries import LibraryList, create_lock, fetch, push_wheels, read_lock, uv_pin
from tests.bootstrap_actions.node import LIST, Node, node_python
from tests.cli.checkout import make_bucket
from tests.libraries.project import client
from tests.libraries.registry import Registry
from tests.node_scripts.machine import Machine

NAMES = (
    *("pandas", "scikit-learn", "xgboost-cpu", "matplotlib", "seaborn", "plotly", "pyarrow", "boto3", "statsmodels"),
    *("requests", "sqlalchemy", "holidays"),
)
IMPORTS = (
    "import pandas, sklearn, xgboost, matplotlib, seaborn, plotly, pyarrow, boto3, statsmodels, holidays, sqlalchemy"
)
BUCKET = "benchmark-node-libraries"
RUNS = 3


def measure() -> dict[str, Any]:
    """Measure the installation of 12 libraries on a new node with both programs."""
    with tempfile.TemporaryDirectory(prefix="mlproject-benchmark-") as name:
        folder = Path(name)
        server = aws.start(folder / "embedded-aws", lifetime=aws.Lifetime.OF_STARTER)
        try:
            make_bucket(client(server, "s3"), BUCKET)
            _publish(server, folder, NAMES)
            seconds = measure_in_turn(
                {
                    "bootstrap action": lambda: _run_action(server, folder / "node"),
                    "pip3 install": lambda: _pip_install(folder / "pip"),
                },
                runs=RUNS,
            )
        finally:
            aws.stop(folder / "embedded-aws")
    faster = {"measured": compute_ratio(seconds, "pip3 install", "bootstrap action"), "goal": "at least 5"}
    return {"seconds": seconds, "goals": {"times faster than pip3 install": faster}}


def _publish(server: aws.Server, folder: Path, names: Sequence[str]) -> None:
    """Upload the lock and its wheels as `mlproject libraries push` does."""
    listed = LibraryList(target="emr", stem="spark", path=folder / "spark.txt", requirements=tuple(names))
    text = create_lock(listed, upgrade=True)
    lock = read_lock(text)
    assert lock.uv
    wheels = folder / "wheels"
    wheels.mkdir()
    push_wheels(fetch(listed, [*lock.pins, uv_pin(lock.uv)], wheels), s3=client(server, "s3"), bucket=BUCKET)
    client(server, "s3").put_object(Bucket=BUCKET, Key=LIST, Body=text.encode())


def _run_action(server: aws.Server, folder: Path) -> float:
    """Return the seconds of the action on a new node, whose aws CLI is loaded."""
    folder.mkdir()
    node = Node(folder=folder, registry=Registry(folder=folder / "registry"), server=server, bucket=BUCKET)
    command = node.action()
    with node.started() as machine:
        machine.run("aws", "--version")
        began = time.perf_counter()
        done = machine.run(*command)
        seconds = time.perf_counter() - began
        assert done.returncode == 0, done.stdout + done.stderr
        _require_libraries(machine)
    shutil.rmtree(folder)
    return seconds


def _require_libraries(machine: Machine) -> None:
    imported = machine.run("python3", "-c", IMPORTS)
    assert imported.returncode == 0, imported.stderr


def _pip_install(folder: Path) -> float:
    """Return the seconds of pip into the Python of a new node, without its cache."""
    python = node_python(folder) / "bin" / "python3"
    requirements = folder / "requirements.txt"
    requirements.write_text("".join(f"{name}\n" for name in NAMES))
    pip = (python, "-m", "pip", "install", "--quiet", "--no-cache-dir", "--no-input", "-r", requirements)
    library = {"LD_LIBRARY_PATH": str(next((folder / "lib").glob("python3.*/os.py")).resolve().parents[1])}
    seconds = measure_seconds(pip, variables=library)
    measure_seconds((python, "-c", IMPORTS), variables=library)
    shutil.rmtree(folder)
    return seconds
