"""`mlproject gitlab`: the settings of the GitLab project whose jobs deploy, and its pipeline that detects drift."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.gitlab import DesiredProject, Setting
    from mlproject.parameters import GitLab, Platform

# GitLab sets it in every job. It differs from `gitlab.url` if the tokens are issued with another address.
# https://docs.gitlab.com/ci/variables/predefined_variables/
SERVER_VARIABLE = "CI_SERVER_URL"
COLUMNS = ("setting", "now", "desired", "state")


def register(app: typer.Typer) -> None:
    """Add the commands `gitlab configure` and `gitlab drift-pipeline`."""
    gitlab = typer.Typer(help="The GitLab project whose jobs deploy.", no_args_is_help=True)
    gitlab.command("configure")(configure)
    gitlab.command("drift-pipeline")(drift_pipeline)
    app.add_typer(gitlab, name="gitlab")


def configure(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing. Exit code 1 if a setting differs.")
    ] = False,
    verification: Annotated[
        bool, typer.Option("--verification", help="Also schedule `make verify-aws`, which needs a sandbox account.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object: url, project, dry_run, settings.")
    ] = False,
) -> None:
    """Set what deployments from CI need: variables, tokens, protected branch, tags and environments, schedules.

    The token comes from MLPROJECT_GITLAB_TOKEN: scope api (read_api with --dry-run), role Maintainer. A second run
    changes nothing.
    """
    from mlproject.files import project_root
    from mlproject.gitlab import (
        State,
        apply_settings,
        compare_settings,
        open_project,
        read_settings,
        require_default_branch,
    )
    from mlproject.parameters import load_parameters

    platform = load_parameters(project_root())
    gitlab = _require_gitlab(platform)
    token = _read_token(os.environ)
    url = os.environ.get(SERVER_VARIABLE) or gitlab.url
    desired = _desired_project(platform, gitlab, verification=verification)
    project = open_project(url=url, path=gitlab.project, project_id=gitlab.project_id, token=token)
    require_default_branch(project, gitlab.default_branch)
    if dry_run:
        settings = compare_settings(desired, read_settings(project, branch=gitlab.default_branch, url=url))
    else:
        settings = apply_settings(project, desired, url=url)
    _print(settings, project=gitlab.project, url=url, dry_run=dry_run, as_json=as_json)
    if any(setting.state is State.DIFFERENT for setting in settings):
        raise typer.Exit(1)


def drift_pipeline(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The child pipeline to write.", show_default=False)],
    *,
    include: Annotated[
        str, typer.Option("--include", help="The file of the repository that defines the hidden job .drift.")
    ] = "ci/jobs.yml",
) -> None:
    """Write a GitLab child pipeline that looks for drift, with a job per environment of environments.yaml."""
    from mlproject.cli.common.session import is_on_laptop
    from mlproject.files import project_root, write_atomically
    from mlproject.gitlab import build_drift_pipeline, render_pipeline
    from mlproject.parameters import load_valid_parameters

    # An invalid project must not hide the drift of the others.
    platform = load_valid_parameters(project_root())
    # What a merge request has deployed belongs to a commit that may be gone after its merge.
    temporary = platform.gitlab.branch_environments if platform.gitlab else ()
    deployed = [
        name for name, each in platform.environments.items() if not is_on_laptop(each) and name not in temporary
    ]
    if not deployed:
        raise UserError(
            "environments.yaml: every environment is in the embedded AWS, which each machine has for itself, or in "
            "gitlab.branch_environments, so no job can look for drift. Add an environment with an account of AWS, or "
            "delete the schedule."
        )
    write_atomically(file, render_pipeline(build_drift_pipeline(deployed, include=include)))


def _require_gitlab(platform: Platform) -> GitLab:
    if platform.gitlab is None:
        raise UserError(
            "environments.yaml: the key gitlab is missing. Add it with the path of the GitLab project, such as "
            "`gitlab: {project: data/platform}`."
        )
    return platform.gitlab


def _read_token(variables: Mapping[str, str]) -> str:
    from mlproject.gitlab import TOKEN_VARIABLE, token_error

    token = variables.get(TOKEN_VARIABLE, "").strip()
    if not token:
        raise token_error("is not set")
    if not token.isascii() or not token.isprintable():
        raise token_error("contains characters that no token of GitLab has")
    return token


def _desired_project(platform: Platform, gitlab: GitLab, *, verification: bool) -> DesiredProject:
    from mlproject.gitlab import DesiredProject, ScheduledTask

    tasks = (ScheduledTask.DRIFT, ScheduledTask.UPDATES)
    return DesiredProject(
        default_branch=gitlab.default_branch,
        sub_claim_components=gitlab.sub_claim_components,
        deploy_tags=tuple(dict.fromkeys(gitlab.deploy_tags.values())),
        protected_environments=tuple(_environments_to_protect(platform, gitlab)),
        schedules=(*tasks, ScheduledTask.VERIFY) if verification else tasks,
    )


def _environments_to_protect(platform: Platform, gitlab: GitLab) -> Iterator[str]:
    """Yield the GitLab environments of each environment to protect, such as `flights/prod`."""
    from mlproject.cli.common.session import is_on_laptop

    for deployment in platform.deployments():
        environment = deployment.environment
        # No job deploys into the embedded AWS, which each machine has for itself.
        if not is_on_laptop(environment) and _is_to_protect(environment.name, gitlab):
            yield f"{deployment.project}/{environment.name}"


def _is_to_protect(environment: str, gitlab: GitLab) -> bool:
    from mlproject.gitlab import PRODUCTION, deployment_tier

    if environment in gitlab.branch_environments:
        return False

    # If `sub` says whether the environment is protected, the roles trust exactly what environments.yaml says.
    if "environment_protected" in gitlab.sub_claim_components:
        return environment in gitlab.protected_environments
    return (gitlab.deployment_tiers.get(environment) or deployment_tier(environment)) == PRODUCTION


def _print(settings: Sequence[Setting], *, project: str, url: str, dry_run: bool, as_json: bool) -> None:
    if as_json:
        rows = [{"setting": each.name, **dataclasses.asdict(each)} for each in settings]
        print(json.dumps({"url": url, "project": project, "dry_run": dry_run, "settings": rows}, indent=2))
        return
    print(f"{project} on {url}:")
    for line in (*_table(settings), *_notes(settings)):
        print(f"  {line}")


def _table(settings: Sequence[Setting]) -> Iterator[str]:
    rows = [COLUMNS, *((each.name, each.now, each.desired, each.state.value) for each in settings)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _notes(settings: Sequence[Setting]) -> Iterator[str]:
    for note in dict.fromkeys(each.note for each in settings if each.note):
        names = ", ".join(each.name for each in settings if each.note == note)
        yield f"Not available: {names}. Instead: {note}."
