"""`mlproject remove`: remove a project's files, unless it is still deployed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import ProjectArgument, YesOption
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.parameters import Environment, Platform

UNREACHABLE = "--i-know-it-is-not-deployed"
# Not tracked by git, and on the same file system, so that a folder is moved at once or not at all.
REMOVED = Path(".mlproject", "removed")


@dataclass(frozen=True, kw_only=True)
class EnvironmentState:
    """What is deployed of a project in an environment.

    Args:
        environment: name of the environment.
        stacks: names of the project's stacks.
        error: why the environment cannot be reached; empty if it can.
    """

    environment: str
    stacks: tuple[str, ...] = ()
    error: str = ""


def register(app: typer.Typer) -> None:
    """Add the command `remove`."""
    app.command("remove")(remove)


def remove(
    project: ProjectArgument,
    yes: YesOption = False,
    unreachable: Annotated[
        bool, typer.Option(UNREACHABLE, help="Allow it if an environment of the project cannot be reached.")
    ] = False,
) -> None:
    """Move projects/PROJECT and its snapshots to .mlproject/removed/, if the project is deployed nowhere.

    Looks for the project's stacks in every environment. Its pipeline and its data stay, since other projects may use
    them. Buckets that were retained when their stack was deleted stay too.
    """
    from mlproject.cli.common.prompts import confirm
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    platform = load_valid_parameters(root)
    if project not in platform.invalid_projects:  # a project with errors can be removed
        platform.deployments(project=project)  # rejects an unknown name
    states = tuple(_state(project, each, root) for each in platform.environments.values())
    _require_not_deployed(project, states)
    unknown = [each for each in states if each.error]
    _require_reachable(project, [each for each in unknown if _may_include(platform, project, each)], allow=unreachable)
    folders = _folders(project, root)
    for each in unknown:
        print(f"{each.environment} was not checked: {each.error}")
    print(f"To be moved to {REMOVED}: {', '.join(map(str, folders))}.")
    confirm(f"Remove {project}?", yes=yes, declined="nothing was removed")
    target = _move(project, folders, root)
    print(f"{project} was removed: {target.relative_to(root)} contains its files.")
    for line in _remaining(project, platform):
        print(line)


def _state(project: str, environment: Environment, root: Path) -> EnvironmentState:
    """Return what is deployed of a project in an environment."""
    from mlproject.cli.common.session import create_session, is_stopped_embedded_aws, reporting_aws_errors
    from mlproject.deployment import list_projects

    if is_stopped_embedded_aws(environment, root):
        return EnvironmentState(environment=environment.name)
    try:
        session = create_session(environment, root)
        with reporting_aws_errors(f"listing the stacks of {environment.name}"):
            deployed = list_projects(session.client, environment=environment.name)
    except UserError as error:
        return EnvironmentState(environment=environment.name, error=str(error))
    return EnvironmentState(
        environment=environment.name, stacks=tuple(stack.name for stack in deployed.get(project, ()))
    )


def _require_not_deployed(project: str, states: Sequence[EnvironmentState]) -> None:
    deployed = [each for each in states if each.stacks]
    if not deployed:
        return
    found = "; ".join(f"{each.environment} ({', '.join(each.stacks)})" for each in deployed)
    commands = ", ".join(f"`mlproject destroy {project} --environment {each.environment}`" for each in deployed)
    raise UserError(
        f"{project} is still deployed in {found}, so nothing was removed. Save the data that you need, then run "
        f"{commands}.",
        topic="still-deployed",
    )


def _require_reachable(project: str, unreachable: Sequence[EnvironmentState], *, allow: bool) -> None:
    if allow or not unreachable:
        return
    reasons = "\n".join(f"  {each.environment}: {each.error}" for each in unreachable)
    raise UserError(
        f"{project} may be deployed in environments that cannot be reached, so nothing was removed. Fix this, or run "
        f"the command again with {UNREACHABLE}.\n{reasons}",
        topic="still-deployed",
    )


def _may_include(platform: Platform, project: str, state: EnvironmentState) -> bool:
    invalid = platform.invalid_projects.get(project)
    if invalid:
        return invalid.may_include(state.environment)
    return any(each.environment.name == state.environment for each in platform.projects[project])


def _folders(project: str, root: Path) -> tuple[Path, ...]:
    """Return the folders to remove, the project's own last, relative to the checkout."""
    snapshots = sorted(path.relative_to(root) for path in (root / "snapshots").glob(f"*/{project}") if path.is_dir())
    return (*snapshots, Path("projects", project))


def _move(project: str, folders: Sequence[Path], root: Path) -> Path:
    """Move folders to a new folder below REMOVED, and return it. If it is interrupted, the command can be repeated."""
    from datetime import UTC, datetime

    target = root / REMOVED / f"{project}-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    try:
        for folder in folders:
            (target / folder).parent.mkdir(parents=True, exist_ok=True)
            (root / folder).rename(target / folder)
    except OSError as error:
        raise UserError(
            f"{folder}: cannot be moved to {target} ({error.strerror}). Fix the permissions, then run it again.",
            exit_code=1,
        ) from error
    return target


def _remaining(project: str, platform: Platform) -> Iterator[str]:
    """Yield what remains after the removal."""
    used = {
        each.pipeline.folder for each in platform.deployments() if each.pipeline is not None and each.project != project
    }
    own = {each.pipeline.folder for each in platform.projects.get(project, ()) if each.pipeline is not None}
    for folder in sorted(own - used):
        yield f"No project uses pipelines/{folder} any more. Delete it, and its data set, if you do not need them."
    yield "Commit the change."
