"""The application, synthesized once for all tests: the real projects, and examples of everything else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.stacks import examples
from tests.stacks.assembly import Stack, once, stacks_of

# jsii starts the first `node` on PATH.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="session")
def cloud_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `python app.py` makes of environments.yaml and projects/."""

    def make(folder: Path) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
        subprocess.run(
            [sys.executable, examples.ROOT / "app.py"], env={**environment, "CDK_OUTDIR": str(folder)}, check=True
        )

    return once(tmp_path_factory, "cloud-assembly", make)


@pytest.fixture(scope="session")
def example_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples: environments with imported networks, two projects, a boundary, a role path."""
    return once(tmp_path_factory, "example-assembly", examples.synthesize)


@pytest.fixture(scope="session")
def stacks(cloud_assembly: Path) -> Mapping[str, Stack]:
    """The real stacks by name, such as `dev/flights/storage`."""
    return stacks_of(cloud_assembly)


@pytest.fixture(scope="session")
def example_stacks(example_assembly: Path) -> Mapping[str, Stack]:
    return stacks_of(example_assembly)


@pytest.fixture(scope="session")
def all_stacks(stacks: Mapping[str, Stack], example_stacks: Mapping[str, Stack]) -> Mapping[str, Stack]:
    """The real stacks and the examples."""
    return {**stacks, **example_stacks}
