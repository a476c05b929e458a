"""A small checkout under git, for tests of the commands that compare with an earlier commit."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.cli.checkout import Checkout, lay_out

TRUNK = "trunk"


def git(root: Path, *arguments: str) -> str:
    """Run git with an identity of its own and return its output."""
    identity = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")
    completed = subprocess.run(["git", *identity, *arguments], cwd=root, capture_output=True, text=True, check=True)
    return completed.stdout.strip()


def commit(root: Path, message: str = "Change") -> str:
    """Commit every file and return the commit."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(root, "rev-parse", "HEAD")


def lay_out_git(root: Path) -> Checkout:
    """A checkout with the projects `alpha` and `zeta`, which share a pipeline, on the branch `work` of `trunk`."""
    checkout = lay_out(root, project="alpha")
    shutil.copytree(root / "projects" / "alpha", root / "projects" / "zeta")
    file = root / "projects" / "zeta" / "project.yaml"
    file.write_text(file.read_text().replace("name: alpha", "name: zeta"))
    other = root / "pipelines" / "other"
    shutil.copytree(root / "pipelines" / "tiny", other)
    (root / "README.md").write_text("A platform\n")
    git(root, "init", "--quiet", "--initial-branch", TRUNK)
    commit(root, "Start")
    git(root, "switch", "--quiet", "--create", "work")
    return checkout
