"""`mlproject libraries rollback`: return to the list of libraries that was in use before the last change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument
from mlproject.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlproject.libraries import LibraryList, Rollback


def rollback(
    project: ProjectArgument,
    environment: EnvironmentOption,
    name: Annotated[
        str | None, typer.Option("--list", metavar="NAME", help="The list. Required if the project uses several.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Return to the list that was pushed before the current one. Running the command again undoes it."""
    from mlproject.cli.common.session import create_session, reporting_aws_errors
    from mlproject.files import project_root
    from mlproject.libraries import read_library_lists, roll_back
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    library_list = _select(read_library_lists(deployment, root), name, f"{project} in {environment}")
    bucket = deployment.names.bucket("artifacts")
    with reporting_aws_errors(f"reading old versions of {library_list.key} in s3://{bucket}"):
        s3 = create_session(deployment.environment, root).client("s3")
        result = roll_back(library_list, s3=s3, bucket=bucket)
    if as_json:
        print(
            json.dumps({"uri": result.uri, "pushed": result.pushed.isoformat(), "changes": _changes(result)}, indent=2)
        )
        return
    print(f"{result.uri}: rolled back to the list that was pushed at {result.pushed:%Y-%m-%d %H:%M} UTC")
    for library, (before, after) in _changes(result).items():
        print(f"  {library}: {before or 'not installed'} -> {after or 'not installed'}")
    print(
        "Notebooks install it at their next start, or now with `bash /opt/mlproject/tools/libraries.sh` in a terminal. "
        f"The next `mlproject libraries push` replaces it: change {library_list.file} before."
    )


def _select(lists: Sequence[LibraryList], name: str | None, where: str) -> LibraryList:
    candidates = [each for each in lists if name in (None, each.stem, _full_name(each))]
    if len(candidates) == 1:
        return candidates[0]
    known = ", ".join(sorted({each.stem for each in lists}))
    if len({each.stem for each in lists}) < len(lists):  # a list that several kinds of machines install
        known = ", ".join(map(_full_name, lists))
    if not lists:
        raise UserError(
            f"{where} uses no library list. Add `libraries:` to a notebook or to emr in project.yaml.",
            topic="component-missing",
        )
    if not candidates:
        raise UserError(f"--list {name}: is not a list of {where}. Use one of: {known}.")
    raise UserError(f"{where} uses several lists. Select one with --list: {known}.")


def _full_name(library_list: LibraryList) -> str:
    return f"{library_list.target}/{library_list.stem}"


def _changes(result: Rollback) -> dict[str, tuple[str | None, str | None]]:
    before, after = result.before.versions, result.after.versions
    names = sorted(before.keys() | after.keys())
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}
