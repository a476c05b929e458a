"""The earlier releases."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.upgrades.release import Release, recorded_releases

# jsii starts the first `node` on PATH.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="module", params=recorded_releases(), ids=lambda release: release.number)
def release(request: pytest.FixtureRequest) -> Release:
    found: Release = request.param
    return found
