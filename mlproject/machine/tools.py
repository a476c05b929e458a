"""The programs of a checkout: Python, its virtual environment, Node, the CDK CLI, git."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from mlproject.outcome import Outcome, ok, problem, unknown, warning

# As in pyproject.toml.
PYTHONS = ((3, 11), (3, 13))
INSTALL = "make install"
# A program that does not answer by then is broken.
_SECONDS = 30


def python() -> Iterator[Outcome]:
    """Whether this Python is one of those that the locks are for."""
    version = ".".join(map(str, sys.version_info[:3]))
    if PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        yield ok("Python", f"{version} at {sys.executable}")
    else:
        yield problem("Python", f"{version} is none of 3.11, 3.12, 3.13", "make clean, make PYTHON=python3.12 install")


def environment(root: Path) -> Iterator[Outcome]:
    """Whether the command runs from the checkout's own virtual environment."""
    if Path(sys.prefix).resolve() == (root / ".venv").resolve():
        yield ok("libraries", f"{root / '.venv'}")
    else:
        yield warning(
            "libraries",
            f"the command runs from {sys.prefix}, not from {root / '.venv'}",
            f"{INSTALL}, source .venv/bin/activate",
        )


def cdk(root: Path) -> Iterator[Outcome]:
    """Whether the pinned CDK CLI and the Node beside this Python answer."""
    lock = root / "package-lock.json"
    try:
        wanted = json.loads(lock.read_text())["packages"]["node_modules/aws-cdk"]["version"]
    except (OSError, ValueError, KeyError) as error:
        yield problem("CDK CLI", f"{lock} cannot be read ({error})", f"git checkout {lock.name}, then {INSTALL}")
        return
    node = _version(root / ".venv" / "bin" / "node", root)
    if node is None:
        yield problem("Node", f"{root / '.venv' / 'bin' / 'node'} does not answer", INSTALL)
        return
    yield ok("Node", node)
    found = _version(root / "node_modules" / ".bin" / "cdk", root)
    if found is None:
        yield problem("CDK CLI", "node_modules/.bin/cdk does not answer", INSTALL)
    elif found.split()[0] != wanted:
        yield problem("CDK CLI", f"{found} is installed, package-lock.json has {wanted}", INSTALL)
    else:
        yield ok("CDK CLI", found)


def git(root: Path) -> Iterator[Outcome]:
    """Whether git answers; models are registered with the commit that made them."""
    found = _version(Path("git"), root)
    if found is None:
        yield unknown("git", "it is not installed: models are registered with the commit unknown", "install git")
    else:
        yield ok("git", found)


def _version(program: Path, root: Path) -> str | None:
    """The first line of `program --version`, with the checkout's Node first on PATH; None if it does not work."""
    path = f"{root / '.venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    try:
        done = subprocess.run(
            [str(program), "--version"],
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip().partition("\n")[0] or None
