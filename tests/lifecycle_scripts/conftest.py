"""Fixtures of the tests of lifecycle scripts."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import embedded_aws as aws
from tests.cli.checkout import make_bucket
from tests.libraries.project import client
from tests.libraries.registry import Registry
from tests.lifecycle_scripts.instance import KERNEL, Sandbox
from tests.node_scripts.machine import sandbox_problem


@pytest.fixture(scope="session", autouse=True)
def machines() -> None:
    problem = sandbox_problem()
    if problem:
        pytest.skip(f"NOT PROVEN HERE: {problem}")


@pytest.fixture(scope="session")
def uv_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Registry(folder=tmp_path_factory.mktemp("uv")).add_uv()


@pytest.fixture
def registry(tmp_path: Path, uv_wheel: Path) -> Registry:
    """Wheels of a few libraries in several versions, and of uv."""
    wheels = Registry(folder=tmp_path / "registry")
    wheels.wheels.mkdir(parents=True)
    (wheels.wheels / uv_wheel.name).hardlink_to(uv_wheel)
    wheels.add("ipykernel", "6.0", modules=KERNEL)
    for version in ("1.0", "2.0"):
        wheels.add("tiny-science", version)
    return wheels


@pytest.fixture
def sandbox(tmp_path: Path, registry: Registry, embedded_aws: aws.Server, request: pytest.FixtureRequest) -> Sandbox:
    digest = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:20]
    bucket = make_bucket(client(embedded_aws, "s3"), f"artifacts-{digest}")
    return Sandbox(folder=tmp_path, registry=registry, server=embedded_aws, bucket=bucket)
