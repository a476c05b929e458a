"""A commit in a temporary git worktree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mlproject.errors import UserError
from mlproject.git import run_git


@contextmanager
def checked_out(root: Path, commit: str, folder: Path) -> Iterator[Path]:
    """Check a commit out into a new worktree, and remove the worktree at the end.

    Args:
        root: a clone that contains the commit.
        commit: hash of the commit.
        folder: the worktree's folder, which must not exist.

    Raises:
        UserError: the clone does not contain the commit.
    """
    if run_git(root, "cat-file", "-e", f"{commit}^{{commit}}").returncode:
        raise UserError(
            f"commit {commit} is not in this clone. Run `git fetch --unshallow` or `git fetch origin {commit}`, and "
            "then this command again.",
            topic="git-history",
        )
    added = run_git(root, "worktree", "add", "--detach", "--force", str(folder), commit)
    try:
        if added.returncode:
            raise UserError(
                f"commit {commit} cannot be checked out: {added.stderr.decode(errors='replace').strip()}", exit_code=1
            )
        yield folder
    finally:
        run_git(root, "worktree", "remove", "--force", str(folder))
        # Forgets worktrees whose folder is gone, such as those of a killed command.
        run_git(root, "worktree", "prune")
