"""`mlproject libraries diff`: compare the locks with the libraries in S3, or with those of an earlier commit."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import ProjectArgument
from mlproject.cli.common.completion import complete_environment
from mlproject.cli.common.formatting import format_count
from mlproject.cli.common.library_lists import project_lists, require_lists
from mlproject.cli.common.library_push import require_artifacts_bucket
from mlproject.errors import UserError

if TYPE_CHECKING:
    pass


def diff(
    project: ProjectArgument,
    *,
    environment: Annotated[
        str | None,
        typer.Option(
            "--environment",
            "-e",
            help="Compare with the libraries that are in S3 in this environment.",
            autocompletion=complete_environment,
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="REF",
            help="Compare with the newest commit that HEAD has in common with REF, such as origin/main.",
        ),
    ] = None,
) -> None:
    """Show the versions that the locks add (+), change (~) and remove (-).

    Compares with what `mlproject libraries push` has uploaded to an environment, or with an earlier commit.
    """
    from mlproject.files import project_root

    if (environment is None) == (since is None):
        raise UserError("Give either --environment, to compare with S3, or --since, to compare with a commit.")
    if environment is not None:
        _print_environment(project, environment)
    elif since is not None:
        _print_commit(project_root(), project, since)


def _print_environment(project: str, environment: str) -> None:
    from mlproject.cli.common.context import open_deployment
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.libraries import read_library_lists, read_lock, read_lock_text, read_pushed

    root, deployment, session = open_deployment(project, environment)
    lists = require_lists(read_library_lists(deployment, root), project, environment)
    texts = [read_lock_text(each) for each in lists]
    bucket = deployment.names.bucket("artifacts")
    with reporting_aws_errors(f"reading libraries from s3://{bucket}"):
        require_artifacts_bucket(deployment, session)
        for library_list, text in zip(lists, texts, strict=True):
            pushed = read_pushed(library_list, s3=session.client("s3"), bucket=bucket)
            if pushed is None:
                print(f"{library_list.lock_file}: not pushed yet")
            else:
                _print_changes(library_list.lock_file, read_lock(pushed).versions, read_lock(text).versions)


def _print_commit(root: Path, project: str, since: str) -> None:
    from mlproject.git import export_commit, find_merge_base
    from mlproject.libraries import read_lock_text

    lists = project_lists(root, project)
    for library_list in lists:
        read_lock_text(library_list)  # rejects a lock that does not match its list
    base = find_merge_base(root, since)
    locks = f"projects/{project}/libraries/locks"
    with tempfile.TemporaryDirectory(prefix="mlproject-locks-") as folder:
        export_commit(root, base, Path(folder), paths=[locks])
        before = dict(_versions(Path(folder), locks))
    # A lock that no notebook or cluster uses any more is not installed anywhere.
    used = {library_list.lock_file for library_list in lists}
    after = {file: versions for file, versions in _versions(root, locks) if file in used}
    for file in sorted(before.keys() | after.keys()):
        if file not in before:
            print(f"{file}: new ({len(after[file])} libraries)")
        elif file not in after:
            print(f"{file}: removed")
        else:
            _print_changes(file, before[file], after[file])


def _versions(root: Path, folder: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the path of each lock relative to the root, and its versions by library."""
    from mlproject.libraries import read_lock

    for path in sorted((root / folder).glob("*/*.txt")):
        yield path.relative_to(root).as_posix(), read_lock(path.read_text(encoding="utf-8", errors="replace")).versions


def _print_changes(file: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    from mlproject.libraries import version_changes

    changes = list(version_changes(before, after))
    print(f"{file}: {format_count(len(changes), 'changed version') if changes else 'no changed versions'}")
    for change in changes:
        print(f"  {change}")
