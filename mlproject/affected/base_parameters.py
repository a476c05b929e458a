"""Load the parameters of an earlier commit."""

from __future__ import annotations

from pathlib import Path

from mlproject.errors import UserError
from mlproject.git import export_commit
from mlproject.parameters import Platform, load_valid_parameters

# The files that the parameters are loaded from.
_FILES = ("environments.yaml", "environments.lock.json", "projects", "pipelines")


def load_base_parameters(root: Path, commit: str, folder: Path) -> Platform | None:
    """Load the parameters of a commit with the current code; None if the current code rejects its environments.yaml.

    Args:
        root: the checkout.
        commit: the commit.
        folder: an empty folder, which receives the commit's parameter files.

    Raises:
        UserError: git cannot read the commit.
    """
    export_commit(root, commit, folder, paths=_FILES)
    try:
        return load_valid_parameters(folder)
    except UserError:
        return None
