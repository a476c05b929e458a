"""The project flights with its notebooks and data, deployed into an embedded AWS."""

from __future__ import annotations

import shutil
from pathlib import Path

import embedded_aws as aws
from tests.checkouts import ROOT, lay_out_example
from tests.deployed_projects.platform import ENVIRONMENT, DeployedPlatform, deploy
from tests.notebooks.executed import JUPYTER
from tests.stacks.assembly import run_app


def lay_out_notebooks(folder: Path) -> None:
    """Write a checkout with the notebooks of flights, and its cloud assembly for the environment dev.

    Args:
        folder: a new one. Checkouts beside it share the libraries of kernels in the folder `environments`.
    """
    folder.with_name("environments").mkdir()
    lay_out_example(folder)
    shutil.copytree(ROOT / "projects" / "flights" / "notebooks", folder / "projects" / "flights" / "notebooks")
    (folder / JUPYTER.name).symlink_to(JUPYTER, target_is_directory=True)
    done = run_app(folder, folder / "cdk.out", environment=ENVIRONMENT)
    assert done.returncode == 0, done.stderr


def deploy_notebooks(shared: Path, root: Path, server: aws.Server) -> DeployedPlatform:
    """Deploy a copy of a checkout, and upload the data of its project.

    Args:
        shared: a checkout of `lay_out_notebooks`.
        root: a new folder for the copy.
        server: the embedded AWS.
    """
    shutil.copytree(shared, root, symlinks=True)
    (root / ".mlproject").mkdir()
    (root / ".mlproject" / "environments").symlink_to(shared.with_name("environments"), target_is_directory=True)
    platform = deploy(root, server)
    pushed = platform.mlproject("data", "push", "flights", "--environment", ENVIRONMENT)
    assert pushed.returncode == 0, pushed.stderr
    return platform
