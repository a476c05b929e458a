"""The project flights, deployed with its data into an embedded AWS, and the kernel of its notebook on this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import embedded_aws as aws
from mlproject.cli.common.local_kernel import LocalKernel, open_local_kernel
from tests.deployed_projects.platform import ACCOUNT, ENVIRONMENT, REGION, DeployedPlatform
from tests.node_scripts.machine import python_like
from tests.notebooks.deployment import deploy_notebooks, lay_out_notebooks
from tests.stacks.assembly import once

# jsii starts the first `node` on PATH.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory, embedded_aws: aws.Server) -> DeployedPlatform:
    """The project flights in the environment dev, with its data and notebooks."""
    if not python_like("3.10")[1]:
        pytest.skip("NOT PROVEN HERE: no Python 3.10, which the kernel of a notebook has")
    shared = once(tmp_path_factory, "flights-with-notebooks", lay_out_notebooks)
    # Each worker has its own AWS, so its kernels have other variables. They only share the libraries.
    return deploy_notebooks(shared, tmp_path_factory.mktemp("checkout") / "flights", embedded_aws)


@pytest.fixture(scope="session")
def kernel(platform: DeployedPlatform) -> Iterator[LocalKernel]:
    """The kernel that `mlproject notebook local flights -e dev` uses."""
    with ExitStack() as stack:
        # The other tests of this worker must not have these variables.
        with pytest.MonkeyPatch.context() as patch:
            for name, value in platform.server.environment(ACCOUNT, REGION).items():
                patch.setenv(name, value)
            context = open_local_kernel(platform.root, "flights", ENVIRONMENT, None, report=print)
            kernel = stack.enter_context(context)
        yield kernel
