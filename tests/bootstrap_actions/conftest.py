"""Fixtures of the tests of the bootstrap action."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

import embedded_aws as aws
from tests.bootstrap_actions.node import Node
from tests.cli.checkout import make_bucket
from tests.libraries.project import client
from tests.libraries.registry import Registry
from tests.node_scripts.machine import python_like, sandbox_problem

NewNode = Callable[[Path], Node]


@pytest.fixture(scope="session", autouse=True)
def machines() -> None:
    problem = sandbox_problem() or (None if python_like("3.9")[1] else "no Python 3.9, which EMR nodes have")
    if problem:
        pytest.skip(f"NOT PROVEN HERE: {problem}")


@pytest.fixture(scope="session")
def uv_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Registry(folder=tmp_path_factory.mktemp("uv")).add_uv()


@pytest.fixture(scope="session")
def new_node(embedded_aws: aws.Server, uv_wheel: Path) -> NewNode:
    """Creates a node in an empty folder, with a bucket of its own and a few wheels."""

    def create(folder: Path) -> Node:
        registry = Registry(folder=folder / "registry")
        registry.wheels.mkdir(parents=True)
        (registry.wheels / uv_wheel.name).hardlink_to(uv_wheel)
        registry.add("tiny-base", "1.0")
        registry.add("tiny-base", "2.5")
        registry.add("tiny-spark", "3.0", requires=["tiny-base>=2"])
        name = hashlib.sha256(str(folder).encode()).hexdigest()[:20]
        bucket = make_bucket(client(embedded_aws, "s3"), f"nodes-{name}")
        return Node(folder=folder, registry=registry, server=embedded_aws, bucket=bucket)

    return create


@pytest.fixture
def node(tmp_path: Path, new_node: NewNode) -> Node:
    return new_node(tmp_path)
