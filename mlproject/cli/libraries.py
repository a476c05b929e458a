"""`mlproject libraries`: lock the libraries of notebooks and EMR nodes, upload or pack them to S3, and roll back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument
from mlproject.cli.common.completion import complete_project
from mlproject.cli.common.library_audit import audit
from mlproject.cli.common.library_diff import diff
from mlproject.cli.common.library_lists import project_deployments, project_lists, require_lists
from mlproject.cli.common.library_pack import pack
from mlproject.cli.common.library_push import (
    print_progress,
    print_results,
    push_lists,
    require_locks,
)
from mlproject.cli.common.library_rollback import rollback

ProjectsArgument = Annotated[
    str | None,
    typer.Argument(help="A project's name, such as flights (default: all projects).", autocompletion=complete_project),
]

if TYPE_CHECKING:
    from mlproject.libraries import LibraryList, PushResult


def register(app: typer.Typer) -> None:
    """Add the group `libraries`."""
    group = typer.Typer(help="Manage the libraries of a project's notebooks and EMR cluster.", no_args_is_help=True)
    group.command("lock")(lock)
    group.command("check")(check)
    group.command("audit")(audit)
    group.command("push")(push)
    group.command("pack")(pack)
    group.command("diff")(diff)
    group.command("rollback")(rollback)
    app.add_typer(group, name="libraries")


def lock(
    project: ProjectsArgument = None,
    *,
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="Select the newest versions instead of the locked ones.")
    ] = False,
) -> None:
    """Select a version and a wheel of each library, and write the locks, which are committed.

    Locked versions are kept where the lists allow them. Reads the package index that uv and pip are configured to use.
    """
    from mlproject.files import project_root, write_atomically
    from mlproject.libraries import create_lock, lock_findings, lock_notes
    from mlproject.parameters import ParametersError

    root = project_root()
    lists = project_lists(root, project)
    if not lists:
        print("No project uses a library list.")
    for library_list in lists:
        text = create_lock(library_list, upgrade=upgrade, progress=_progress_of(library_list))
        path = library_list.lock_path
        changed = not path.is_file() or path.read_bytes() != text.encode()
        if changed:
            write_atomically(path, text)
        print(f"{library_list.lock_file}: {'written' if changed else 'unchanged'}")
    for note in lock_notes(lists):
        print(note)
    findings = list(lock_findings(lists))
    if findings:
        raise ParametersError(findings, topic="libraries-not-locked")


def check(project: ProjectsArgument = None) -> None:
    """Check that the locks match their lists, and that the libraries fit on the volumes. Needs no network.

    Exit code 0 if there are no errors, 2 if there are errors.
    """
    from mlproject.cli.common.library_notes import library_notes, read_definitions
    from mlproject.files import project_root
    from mlproject.libraries import lock_findings
    from mlproject.parameters import ParametersError

    root = project_root()
    lists = project_lists(root, project)
    findings = list(lock_findings(lists))
    if findings:
        raise ParametersError(findings, topic="libraries-not-locked")
    for library_list in lists:
        print(f"{library_list.lock_file}: up to date")
    deployments = project_deployments(root, project)
    definitions, problems = read_definitions(root, deployments)
    for note in (*library_notes(lists, deployments, definitions), *problems):
        print(note)


def push(
    project: ProjectArgument,
    environment: EnvironmentOption,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Upload the project's locks and their wheels, as they are locked. Existing files are kept."""
    from mlproject.cli.common.session import create_session
    from mlproject.files import project_root
    from mlproject.libraries import read_library_lists
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    lists = require_lists(read_library_lists(deployment, root), project, environment)
    require_locks(lists)
    results = push_lists(deployment, create_session(deployment.environment, root), lists)
    if as_json:
        print(json.dumps({"lists": [_as_json(each) for each in results]}, indent=2))
    else:
        print_results(results)


def _as_json(pushed: PushResult) -> dict[str, object]:
    library_list = pushed.library_list
    return {
        "target": library_list.target,
        "list": library_list.stem,
        "python": library_list.python,
        "platform": library_list.platform,
        "uri": pushed.uri,
        "libraries": pushed.libraries,
        "uploaded": list(pushed.uploaded),
        "changed": pushed.changed,
    }


def _progress_of(library_list: LibraryList) -> Callable[[str], None]:
    return lambda message: print_progress(f"{library_list}: {message}")
