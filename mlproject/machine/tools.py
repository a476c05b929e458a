"""Checks of the programs of a checkout: Python, its virtual environment, Node, the CDK CLI and git."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from mlproject.outcome import Outcome, ok, problem, unknown, warning
from mlproject.translation import Message

# The versions in pyproject.toml.
PYTHONS = ((3, 11), (3, 13))
INSTALL = "make install"
# The time limit for `--version`.
_SECONDS = 30


def check_python() -> Iterator[Outcome]:
    """Check whether the locks support this Python version."""
    version = ".".join(map(str, sys.version_info[:3]))
    if PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        yield ok("Python", Message("{version} at {program}", version=version, program=sys.executable))
    else:
        yield problem(
            "Python",
            Message("{version} is not supported; supported are 3.11, 3.12 and 3.13", version=version),
            "make clean, make PYTHON=python3.12 install",
        )


def check_environment(root: Path) -> Iterator[Outcome]:
    """Check whether the command runs in the checkout's virtual environment."""
    if Path(sys.prefix).resolve() == (root / ".venv").resolve():
        yield ok(Message("libraries"), f"{root / '.venv'}")
    else:
        yield warning(
            Message("libraries"),
            Message("the command runs in {here}, not in {there}", here=sys.prefix, there=root / ".venv"),
            f"{INSTALL}, source .venv/bin/activate",
        )


def check_cdk(root: Path) -> Iterator[Outcome]:
    """Check whether Node and the pinned CDK CLI work."""
    lock = root / "package-lock.json"
    try:
        pinned = json.loads(lock.read_text())["packages"]["node_modules/aws-cdk"]["version"]
    except (OSError, ValueError, KeyError) as error:
        unreadable = Message("{file} cannot be read ({error})", file=lock, error=error)
        restore = Message("git checkout {file}, then {install}", file=lock.name, install=INSTALL)
        yield problem("CDK CLI", unreadable, restore)
        return
    node = _version(root / ".venv" / "bin" / "node", root)
    if node is None:
        yield problem("Node", Message("{program} does not work", program=root / ".venv" / "bin" / "node"), INSTALL)
        return
    yield ok("Node", node)
    version = _version(root / "node_modules" / ".bin" / "cdk", root)
    if version is None:
        yield problem("CDK CLI", Message("{program} does not work", program="node_modules/.bin/cdk"), INSTALL)
    elif version.split()[0] != pinned:
        other = Message("{version} is installed, but package-lock.json pins {pinned}", version=version, pinned=pinned)
        yield problem("CDK CLI", other, INSTALL)
    else:
        yield ok("CDK CLI", version)


def check_git(root: Path) -> Iterator[Outcome]:
    """Check whether git works; models are registered with the commit."""
    version = _version(Path("git"), root)
    if version is None:
        yield unknown(
            "git", Message("not installed, so models are registered with the commit `unknown`"), Message("install git")
        )
    else:
        yield ok("git", version)


def _version(program: Path, root: Path) -> str | None:
    """Return the first line of `program --version`, with the checkout's Node first on PATH; None if it fails."""
    path = f"{root / '.venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    try:
        completed = subprocess.run(
            [str(program), "--version"],
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return completed.stdout.strip().partition("\n")[0] or None
