"""Two deployed projects per worker. A test restores what it changes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import embedded_aws as aws
from tests.deployed_projects.platform import DeployedPlatform, deploy, lay_out
from tests.stacks.assembly import once

# jsii starts the first `node` on PATH.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory, embedded_aws: aws.Server) -> DeployedPlatform:
    """The projects flights and digits, deployed in the environment dev."""
    return deploy(once(tmp_path_factory, "two-projects", lay_out), embedded_aws)
