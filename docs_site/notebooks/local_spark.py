"""Local Spark for the notebooks that run on it."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.checkouts import ROOT
from tests.deployed_projects.platform import ENVIRONMENT, DeployedPlatform

_PROJECT = ("flights", "--environment", ENVIRONMENT)
_JARS = ".mlproject/spark/jars"


@contextmanager
def open_spark(platform: DeployedPlatform) -> Iterator[None]:
    """Run Livy with the project's libraries for the cluster, until the context ends.

    Args:
        platform: a deployed checkout, whose notebooks have the Spark kernels.
    """
    (platform.root / ".venv-spark").symlink_to(ROOT / ".venv-spark", target_is_directory=True)
    # Downloaded once, for all checkouts of this machine.
    (ROOT / _JARS).mkdir(parents=True, exist_ok=True)
    (platform.root / _JARS).parent.mkdir(parents=True, exist_ok=True)
    (platform.root / _JARS).symlink_to(ROOT / _JARS, target_is_directory=True)
    started = platform.mlproject("spark", "local", "up", *_PROJECT, "--port", str(_free_port()))
    if started.returncode:
        raise SystemExit(started.stderr)
    try:
        yield
    finally:
        stopped = platform.mlproject("spark", "local", "down", *_PROJECT)
        if stopped.returncode:
            print(stopped.stderr, file=sys.stderr)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
