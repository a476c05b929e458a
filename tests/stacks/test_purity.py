"""Synthesis depends only on the checkout: not on network, home directory, clock, randomness or path."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkouts import lay_out_example

PACKAGES = Path.home() / ".cache" / "aws" / "jsii" / "package-cache"
# Both halves of a Python CDK app, forbidden to connect anywhere: a sandbox that needs no privileges.
PYTHON_OFFLINE = """\
import sys

def forbid(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        raise RuntimeError(f"network: {event} {arguments}")

sys.addaudithook(forbid)
"""
NODE_OFFLINE = """\
const forbid = name => (...a) => { throw new Error(`network: ${name}`); };
require("net").Socket.prototype.connect = forbid("connect");
require("dns").lookup = forbid("lookup");
"""


@pytest.fixture
def offline(tmp_path: Path) -> dict[str, str]:
    """Variables under which neither Python nor Node can reach a network, and which say nothing of an account."""
    folder, home = tmp_path / "offline", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    (folder / "sitecustomize.py").write_text(PYTHON_OFFLINE)
    (folder / "offline.cjs").write_text(NODE_OFFLINE)
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        # Else jsii would unpack CDK's 200 MB again for this home.
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": os.environ.get("JSII_RUNTIME_PACKAGE_CACHE_ROOT", str(PACKAGES)),
        "PYTHONPATH": str(folder),
        "NODE_OPTIONS": f"--require {folder / 'offline.cjs'}",
        "PYTHONHASHSEED": "4711",
        "TZ": "Pacific/Auckland",
    }


def test_python_and_node_cannot_connect_in_the_sandbox(offline: dict[str, str]) -> None:
    python = "import urllib.request as u; u.urlopen('http://127.0.0.1:9')"
    node = "require('http').get('http://127.0.0.1:9')"
    binaries = Path(sys.executable).parent
    for command in ([sys.executable, "-c", python], [str(binaries / "node"), "-e", node]):
        done = subprocess.run(command, env=offline, capture_output=True, text=True, check=False)
        assert done.returncode != 0
        assert "network: " in done.stderr


@pytest.mark.slow
def test_another_folder_home_hash_seed_and_no_network_give_the_same_bytes(
    offline: dict[str, str], tmp_path: Path, cloud_assembly: Path
) -> None:
    root = lay_out_example(tmp_path / "elsewhere")
    done = subprocess.run(
        [sys.executable, root / "app.py"], env=offline, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    # Without CDK_OUTDIR the assembly lies beside app.py.
    assert contents(root / "cdk.out") == contents(cloud_assembly)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a cloud assembly."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
