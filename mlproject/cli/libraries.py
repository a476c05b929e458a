"""`mlproject libraries`: lock the libraries of notebooks and EMR nodes, upload them to S3, and roll back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument
from mlproject.cli.common.completion import complete_project
from mlproject.cli.common.library_push import (
    print_progress,
    print_results,
    push_lists,
    require_artifacts_bucket,
    require_locks,
)
from mlproject.cli.common.library_rollback import rollback
from mlproject.errors import UserError

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
    group.command("push")(push)
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
    from mlproject.libraries import create_lock, lock_findings
    from mlproject.parameters import ParametersError

    root = project_root()
    lists = _project_lists(root, project)
    if not lists:
        print("No project uses a library list.")
    for library_list in lists:
        text = create_lock(library_list, upgrade=upgrade, progress=_progress_of(library_list))
        path = library_list.lock_path
        changed = not path.is_file() or path.read_bytes() != text.encode()
        if changed:
            write_atomically(path, text)
        print(f"{library_list.lock_file}: {'written' if changed else 'unchanged'}")
    findings = list(lock_findings(lists))
    if findings:
        raise ParametersError(findings)


def check(project: ProjectsArgument = None) -> None:
    """Check that the locks match their lists, and that the libraries fit on the volumes. Needs no network.

    Exit code 0 if there are no errors, 2 if there are errors.
    """
    from mlproject.files import project_root
    from mlproject.libraries import lock_findings, lock_notes
    from mlproject.parameters import ParametersError

    lists = _project_lists(project_root(), project)
    findings = list(lock_findings(lists))
    if findings:
        raise ParametersError(findings)
    for library_list in lists:
        print(f"{library_list.lock_file}: up to date")
    for note in lock_notes(lists):
        print(note)


def diff(project: ProjectArgument, environment: EnvironmentOption) -> None:
    """Show the versions that `mlproject libraries push` would add (+), change (~) and remove (-) in S3."""
    from mlproject.cli.common.context import open_deployment
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.libraries import read_library_lists, read_lock, read_lock_text, read_pushed, version_changes

    root, deployment, session = open_deployment(project, environment)
    lists = _require_lists(read_library_lists(deployment, root), project, environment)
    texts = [read_lock_text(each) for each in lists]
    bucket = deployment.names.bucket("artifacts")
    with reporting_aws_errors(f"reading libraries from s3://{bucket}"):
        require_artifacts_bucket(deployment, session)
        for library_list, text in zip(lists, texts, strict=True):
            pushed = read_pushed(library_list, s3=session.client("s3"), bucket=bucket)
            if pushed is None:
                print(f"{library_list.lock_file}: not pushed yet")
                continue
            changes = list(version_changes(read_lock(pushed).versions, read_lock(text).versions))
            print(f"{library_list.lock_file}: {len(changes) or 'no'} changed versions")
            for change in changes:
                print(f"  {change}")


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
    lists = _require_lists(read_library_lists(deployment, root), project, environment)
    require_locks(lists)
    results = push_lists(deployment, create_session(deployment.environment, root), lists)
    if as_json:
        print(json.dumps({"lists": [_as_json(each) for each in results]}, indent=2))
    else:
        print_results(results)


def _project_lists(root: Path, project: str | None) -> tuple[LibraryList, ...]:
    """Return the lists of a project or, if it is None, of all projects.

    Raises:
        UserError: the project does not exist, or does not use a list.
    """
    from mlproject.libraries import read_project_lists
    from mlproject.parameters import load_valid_parameters

    platform = load_valid_parameters(root)
    if project is None:
        return read_project_lists(platform.deployments(), root)
    deployments = platform.deployments(project=project)
    platform.deployment(project, deployments[0].environment.name if deployments else "")  # refuses an unknown project
    lists = read_project_lists(deployments, root)
    if not lists:
        raise UserError(
            f"projects/{project}/project.yaml does not use a library list. Add `libraries:` to a notebook or to emr."
        )
    return lists


def _require_lists(lists: tuple[LibraryList, ...], project: str, environment: str) -> tuple[LibraryList, ...]:
    if not lists:
        raise UserError(
            f"projects/{project}/project.yaml does not use a library list in {environment}. Add `libraries:` to a "
            "notebook or to emr."
        )
    return lists


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
