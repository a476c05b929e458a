"""The application, synthesized once for all tests: the example platform, and examples of everything else."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pytest

from mlproject.parameters import Platform, load_parameters
from tests.checkouts import EXAMPLE, lay_out_example
from tests.stacks import examples, serving_examples
from tests.stacks.assembly import Stack, once, run_app, run_examples, stacks_of

# jsii starts the first `node` on PATH.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="session")
def example_checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A read-only checkout of this code with the platform of tests/example."""
    return once(tmp_path_factory, "example-checkout", lay_out_example)


@pytest.fixture(scope="session")
def cloud_assembly(tmp_path_factory: pytest.TempPathFactory, example_checkout: Path) -> Path:
    """Cloud assembly of the example platform."""

    def synthesize(folder: Path) -> None:
        done = run_app(example_checkout, folder, validate=True)
        assert done.returncode == 0, done.stderr

    return once(tmp_path_factory, "cloud-assembly", synthesize)


@pytest.fixture(scope="session")
def example_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cloud assembly of examples.py: imported networks, two projects, a permissions boundary, a role path."""
    return once(tmp_path_factory, "example-assembly", partial(run_examples, examples.__name__))


@pytest.fixture(scope="session")
def serving_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cloud assembly of serving_examples.py: each way to serve a model."""
    return once(tmp_path_factory, "serving", partial(run_examples, serving_examples.__name__))


@pytest.fixture(scope="session")
def stacks(cloud_assembly: Path) -> Mapping[str, Stack]:
    """Stacks of the example platform by path, such as `dev/flights/storage`."""
    return stacks_of(cloud_assembly)


@pytest.fixture(scope="session")
def example_stacks(example_assembly: Path) -> Mapping[str, Stack]:
    return stacks_of(example_assembly)


@pytest.fixture(scope="session")
def serving_stacks(serving_assembly: Path) -> Mapping[str, Stack]:
    return stacks_of(serving_assembly)


@pytest.fixture(scope="session")
def assemblies(cloud_assembly: Path, example_assembly: Path) -> Sequence[Path]:
    return (cloud_assembly, example_assembly)


@pytest.fixture(scope="session")
def platforms() -> Sequence[Platform]:
    """Parameters of `all_stacks`."""
    return (load_parameters(EXAMPLE), examples.PLATFORM)


@pytest.fixture(scope="session")
def all_stacks(stacks: Mapping[str, Stack], example_stacks: Mapping[str, Stack]) -> Mapping[str, Stack]:
    """Stacks of the example platform and of examples.py."""
    return {**stacks, **example_stacks}


@pytest.fixture(scope="session")
def every_stack(all_stacks: Mapping[str, Stack]) -> Mapping[str, Stack]:
    """The same; a repository may also have stacks of identity (tests/repository)."""
    return all_stacks
