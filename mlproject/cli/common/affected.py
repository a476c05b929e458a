"""What the commands for merge requests have in common: the base of a change, and what the change affects."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mlproject.affected import Affected
    from mlproject.parameters import Platform

SinceOption = Annotated[
    str,
    typer.Option(
        "--since",
        metavar="REF",
        help="The target branch or an earlier commit, such as origin/main. The change starts at its merge base with "
        "HEAD. Zeros, as GitLab sends for a new branch, mean that everything changed.",
        show_default=False,
    ),
]


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change since an earlier commit.

    Args:
        root: the checkout.
        base: the merge base; None if everything counts as changed.
        files: the changed files.
        before: the parameters at the base; None if they are unknown.
        after: the current parameters.
        affected: what the change affects.
    """

    root: Path
    base: str | None
    files: tuple[str, ...]
    before: Platform | None
    after: Platform
    affected: Affected


def read_change(since: str) -> Change:
    """Return the change of this checkout since a commit.

    Raises:
        UserError: the commit is unknown, or the parameters of a changed project have errors.
    """
    from mlproject.affected import Affected, find_affected, load_base_parameters
    from mlproject.files import project_root
    from mlproject.git import find_merge_base, is_zero_commit, list_changed_files
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    base = None if is_zero_commit(since) else find_merge_base(root, since)
    after = load_valid_parameters(root)
    if base is None:
        _report_invalid_projects(after, None)
        everything = Affected(deployments=after.deployments(), environments=tuple(after.environments), removed={})
        return Change(root=root, base=None, files=(), before=None, after=after, affected=everything)
    files = list_changed_files(root, base)
    _report_invalid_projects(after, files)
    with tempfile.TemporaryDirectory(prefix="mlproject-base-") as name:
        before = load_base_parameters(root, base, Path(name))
    affected = find_affected(files, before=before, after=after)
    return Change(root=root, base=base, files=files, before=before, after=after, affected=affected)


def _report_invalid_projects(after: Platform, files: tuple[str, ...] | None) -> None:
    """Raise the error of a changed project; warn about the others, which block no other team's change."""
    for name, invalid in after.invalid_projects.items():
        if files is None or any(file.startswith(f"projects/{name}/") for file in files):
            raise invalid.error
        print(f"Warning: {name} is left out: {invalid.error}", file=sys.stderr)
