"""What is installed is pinned by hash and named by no address, so that any registry or mirror serves it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("use", ["bootstrap", "synth", "local", "development", "pipelines", "audit"])
def test_every_requirement_of_a_lock_has_hashes(use: str) -> None:
    text = (ROOT / "requirements" / f"{use}.txt").read_text().replace("\\\n", " ")
    for line in text.splitlines():
        assert re.match(r"\S+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line


def test_locks_agree_with_their_inputs_and_with_each_other() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "check_locks.py"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "name",
    ["requirements/*.txt", "package-lock.json", "docs_site/browser/package-lock.json", ".npmrc", "pyproject.toml"],
)
def test_no_lock_holds_an_address(name: str) -> None:
    files = list(ROOT.glob(name))
    assert files
    for path in files:
        assert "://" not in path.read_text(), path


def test_the_cdk_command_line_is_pinned_with_its_hash() -> None:
    package = json.loads((ROOT / "package-lock.json").read_text())["packages"]["node_modules/aws-cdk"]
    assert package["version"] == json.loads((ROOT / "package.json").read_text())["devDependencies"]["aws-cdk"]
    assert package["integrity"].startswith("sha512-")


@pytest.mark.parametrize("use", ["synth", "local"])
def test_the_demo_carries_neither_the_sagemaker_sdk_nor_gpu_libraries(use: str) -> None:
    names = set(re.findall(r"^([A-Za-z0-9._-]+)", (ROOT / "requirements" / f"{use}.txt").read_text(), re.MULTILINE))
    assert not {name for name in names if name.startswith(("sagemaker", "nvidia", "torch"))}


def test_shell_scripts_have_unix_line_ends_and_stop_at_errors() -> None:
    scripts = [*(ROOT / "scripts").iterdir(), ROOT / ".ci" / "run", *ROOT.glob("lifecycle_scripts/*.sh")]
    texts = {
        path: path.read_bytes()
        for path in scripts
        if path.is_file() and path.read_bytes().startswith(b"#!/usr/bin/env bash")
    }
    assert texts
    for path, text in texts.items():
        assert b"\r" not in text, path
        assert b"set -euo pipefail" in text or path.name == "lint", path
