"""The built site, which several files of tests read."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.checkouts import ROOT


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the site in both languages."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run([ROOT / "scripts" / "build-site", folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder
