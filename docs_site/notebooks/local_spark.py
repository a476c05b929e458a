"""Local Spark for the notebooks that run on it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.deployed_projects.platform import ENVIRONMENT, DeployedPlatform
from tests.spark.installed import free_port, link_spark

_PROJECT = ("flights", "--environment", ENVIRONMENT)


@contextmanager
def open_spark(platform: DeployedPlatform) -> Iterator[None]:
    """Run Livy with the project's libraries for the cluster, until the context ends.

    Args:
        platform: a deployed checkout, whose notebooks have the Spark kernels.
    """
    link_spark(platform.root)
    started = platform.mlproject("spark", "local", "up", *_PROJECT, "--port", str(free_port()))
    if started.returncode:
        raise SystemExit(started.stderr)
    try:
        yield
    finally:
        stopped = platform.mlproject("spark", "local", "down", *_PROJECT)
        if stopped.returncode:
            print(stopped.stderr, file=sys.stderr)
