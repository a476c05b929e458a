"""A GitLab project whose repository is a clone of this checkout with two projects of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.checkouts import copy_checkout, replace_parameters_with_the_examples
from tests.ci.simulator import HOST, PATH, Project

# The tests that the clone's job `test` runs: the others test the product, not the CI file.
TESTS = ("conftest.py", "checkouts.py", "test_names.py", "test_files.py")


def create_project(folder: Path, *, issuer: Path, default_branch: str = "main") -> Project:
    """Create a repository with the example platform, and few tests."""
    root = copy_checkout(folder / "platform")
    replace_parameters_with_the_examples(root)
    for path in (root / "tests").iterdir():
        if path.name not in {*TESTS, "example"}:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    home = folder / "home"
    home.mkdir()
    project = Project(folder=root, home=home, issuer=issuer, default_branch=default_branch)
    project.git("init", "--quiet", "--initial-branch", default_branch)
    project.git("remote", "add", "gcl-origin", f"https://{HOST}/{PATH}.git")
    project.commit("Begin")
    return project
