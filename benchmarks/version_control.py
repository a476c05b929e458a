"""Git repositories of the benchmarks' platforms."""

from __future__ import annotations

import subprocess
from pathlib import Path

TARGET = "main"


def create_repository(folder: Path) -> None:
    """Make a folder a repository whose first branch is the target branch, with its files committed.

    Further commits are on the branch `change`.
    """
    _git(folder, "init", "--quiet", "--initial-branch", TARGET)
    commit_all(folder)
    _git(folder, "switch", "--quiet", "--create", "change")


def commit_all(folder: Path) -> None:
    """Commit everything, if there is anything."""
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--allow-empty", "--message", "Change")


def _git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)
