"""What the tests of lifecycle scripts share."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject import embedded_aws as aws
from tests.cli.checkout import make_bucket
from tests.libraries.project import client
from tests.libraries.registry import Registry
from tests.lifecycle_scripts.instance import KERNEL
from tests.node_scripts.machine import sandbox_problem


@pytest.fixture(scope="session", autouse=True)
def machines() -> None:
    problem = sandbox_problem()
    if problem:
        pytest.skip(f"NOT PROVEN HERE: {problem}")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    made = Registry(folder=tmp_path / "registry")
    made.add("ipykernel", "6.0", modules=KERNEL)
    for version in ("1.0", "2.0"):
        made.add("tiny-science", version)
    return made


@pytest.fixture
def bucket(embedded_aws: aws.Server, request: pytest.FixtureRequest) -> str:
    """A test's own bucket."""
    name = "-".join(["nb", *request.node.name.replace("[", "_").replace("]", "").split("_")[1:]])[:50].strip("-")
    return make_bucket(client(embedded_aws, "s3"), name.lower())
