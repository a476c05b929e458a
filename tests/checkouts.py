"""Checkouts of this code for tests: with the example platform, since the repository's own projects are its teams'."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from mlproject.cdk_cli import VALIDATION

ROOT = Path(__file__).parents[1]
# The platform of the product's tests: environments.yaml, projects/, and a link to the pipelines.
EXAMPLE = ROOT / "tests" / "example"
INSTALLED = (".venv", "node_modules")


def inherited_variables() -> dict[str, str]:
    """The variables of this process without those that select an AWS account or a checkout."""
    hidden = ("AWS_", "CDK_")
    return {name: value for name, value in os.environ.items() if name == VALIDATION or not name.startswith(hidden)}


def lay_out_example(folder: Path) -> Path:
    """Write what the application and the command read of a checkout: this code, the example's parameters.

    Args:
        folder: a new one.
    """
    folder.mkdir(parents=True)
    for name in ("app.py", "cdk.json"):
        shutil.copy2(ROOT / name, folder / name)
    for name in ("stacks", "pipeline_builder", "pipelines", "requirements"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    _link_installed(folder)
    copy_example_parameters(folder)
    return folder


def copy_checkout(folder: Path) -> Path:
    """Copy every file that git tracks or would track; link what is installed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink():
            target.symlink_to(source.readlink())
        elif source.is_file():
            shutil.copy2(source, target)
    _link_installed(folder)
    return folder


def replace_parameters_with_the_examples(folder: Path) -> None:
    """Make a copy of this checkout one of the example platform."""
    shutil.rmtree(folder / "projects", ignore_errors=True)
    (folder / "environments.lock.json").unlink(missing_ok=True)
    copy_example_parameters(folder)


def copy_example_parameters(folder: Path) -> None:
    """Copy the environments and projects of the example platform."""
    shutil.copy2(EXAMPLE / "environments.yaml", folder / "environments.yaml")
    shutil.copytree(EXAMPLE / "projects", folder / "projects")


def _link_installed(folder: Path) -> None:
    for name in INSTALLED:
        (folder / name).symlink_to(ROOT / name, target_is_directory=True)
