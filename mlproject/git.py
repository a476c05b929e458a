"""Read a checkout's history with git: the merge base, the changed files, and the files of a commit."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path

from mlproject.errors import UserError

# What GitLab sends as CI_COMMIT_BEFORE_SHA for a new branch: https://docs.gitlab.com/ci/variables/predefined_variables/
_ZEROS = frozenset("0")
_HASH_LENGTHS = (40, 64)
_SHALLOW = "The clone is shallow; fetch its whole history (in GitLab CI, set the job's variable GIT_DEPTH: 0)"


def run_git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in a checkout, and return its exit code and output, whether it succeeded or not.

    Args:
        root: the checkout.
        arguments: a command of git and its arguments.

    Raises:
        UserError: git is not installed.
    """
    try:
        return subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except FileNotFoundError as error:
        raise UserError(
            "git is not installed. Install it, and run the command again.", exit_code=1, topic="not-installed"
        ) from error


def is_zero_commit(ref: str) -> bool:
    """Whether a commit ID consists of zeros, which means that there is no earlier commit."""
    return len(ref) in _HASH_LENGTHS and set(ref) == _ZEROS


def find_merge_base(root: Path, ref: str) -> str:
    """Return the newest commit that HEAD and another commit have in common.

    Args:
        root: the checkout.
        ref: a commit, branch or tag, such as `origin/main`.

    Raises:
        UserError: there is no such commit, no common commit, or no git checkout.
    """
    resolved = run_git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if resolved.returncode:
        _require_checkout(root)
        remedy = _SHALLOW if _is_shallow(root) else "Fetch it (`git fetch`), or name another commit or branch"
        raise UserError(f"--since {ref}: no such commit in this clone. {remedy}.", topic="git-history")
    base = run_git(root, "merge-base", resolved.stdout.decode().strip(), "HEAD")
    if base.returncode:
        remedy = "Name the branch from which HEAD was created"
        raise UserError(
            f"--since {ref}: has no commit in common with HEAD. {_SHALLOW if _is_shallow(root) else remedy}.",
            topic="git-history",
        )
    return base.stdout.decode().strip()


def list_changed_files(root: Path, base: str) -> tuple[str, ...]:
    """Return the tracked files that differ from a commit, sorted, relative to the root.

    A renamed file is listed under both names. Changes that are not committed yet count too.
    """
    completed = _checked(root, "diff", "--name-only", "--no-renames", "--relative", "-z", base, "--", ".")
    return tuple(sorted(filter(None, completed.decode(errors="surrogateescape").split("\0"))))


def export_commit(root: Path, commit: str, folder: Path, *, paths: Sequence[str] = ()) -> None:
    """Write the files of a commit to a folder. The checkout and its index stay unchanged.

    Args:
        root: the checkout, which may be a folder of a repository.
        commit: the commit.
        folder: the folder to write to.
        paths: files and folders to write, relative to the root; those that the commit lacks are left out. Empty: all.
    """
    prefix = _checked(root, "rev-parse", "--show-prefix").decode().strip()
    tree = f"{commit}:{prefix}" if prefix else commit
    existing = [path for path in paths if run_git(root, "cat-file", "-e", f"{commit}:{prefix}{path}").returncode == 0]
    folder.mkdir(parents=True, exist_ok=True)
    if paths and not existing:
        return
    archive = _checked(root, "-C", _toplevel(root), "archive", "--format=tar", tree, "--", *existing)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="tar")


def _toplevel(root: Path) -> str:
    return _checked(root, "rev-parse", "--show-toplevel").decode().strip()


def _is_shallow(root: Path) -> bool:
    return run_git(root, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"


def _require_checkout(root: Path) -> None:
    if run_git(root, "rev-parse", "--git-dir").returncode:
        raise UserError(
            f"{root}: is not a git checkout, so its changes are unknown. Clone the repository with git.",
            topic="git-history",
        )


def _checked(root: Path, *arguments: str) -> bytes:
    completed = run_git(root, *arguments)
    if completed.returncode:
        reason = completed.stderr.decode(errors="replace").strip().replace("\n", " ")
        raise UserError(f"`git {arguments[0]}` failed in {root}: {reason}", exit_code=1)
    return completed.stdout
