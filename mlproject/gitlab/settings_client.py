"""Read and change the settings of a GitLab project through its API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mlproject.errors import UserError
from mlproject.gitlab.access_rules import AccessRule, parse_access_rules
from mlproject.gitlab.api_errors import reporting_api_errors, token_error
from mlproject.gitlab.project_state import BranchProtection, CurrentProject, PipelineSchedule, schedule_title

TIMEOUT_SECONDS = 30
SCHEDULE_VARIABLE = "SCHEDULE"


def open_project(*, url: str, path: str, project_id: int | None, token: str) -> Any:
    """Return the project as an object of python-gitlab.

    Args:
        url: URL of GitLab.
        path: such as `data/platform`.
        project_id: the ID that the project must have; None accepts any.
        token: of a maintainer.

    Raises:
        UserError: the token is rejected or insufficient, there is no such project, or GitLab cannot be reached.
    """
    import gitlab

    # GitLab's links to further pages contain its own address, which a proxy may hide.
    client = gitlab.Gitlab(url, private_token=token, timeout=TIMEOUT_SECONDS, keep_base_url=True)
    try:
        with reporting_api_errors(f"reading the project {path}", url=url):
            project = client.projects.get(path)
    except UserError as error:
        if getattr(error.__cause__, "response_code", None) == 404:
            raise UserError(
                f"environments.yaml: gitlab.project: {url} has no project {path} that the token can read (404). "
                "Correct the path, or add the token's user to the project.",
                topic="gitlab-api",
            ) from error
        raise
    _require_identity(project, path=path, project_id=project_id)
    # GitLab returns this attribute, which exists since version 12, to maintainers only.
    if not hasattr(project, "ci_forward_deployment_enabled"):
        raise token_error(f"does not have the role Maintainer in {path}, so the settings are not visible")
    return project


def require_default_branch(project: Any, branch: str) -> None:
    """Raise a UserError unless a branch exists and is the default branch of the project."""
    path = project.path_with_namespace
    if project.empty_repo:
        raise UserError(
            f"{path} has no commits yet, and no one can push to a protected branch. Push {branch} first, without a "
            f"pipeline: `git push -o ci.skip <remote> {branch}`."
        )
    if project.default_branch != branch:
        raise UserError(
            f"environments.yaml: gitlab.default_branch is {branch}, but the default branch of {path} is "
            f"{project.default_branch}. Write `default_branch: {project.default_branch}`, or change it in GitLab."
        )


def read_settings(project: Any, *, branch: str, url: str) -> CurrentProject:
    """Return the settings of a project.

    Args:
        project: from `open_project`.
        branch: the default branch.
        url: URL of GitLab, for messages.

    Raises:
        UserError: GitLab rejects a request or cannot be reached.
    """
    with reporting_api_errors(f"reading the settings of {project.path_with_namespace}", url=url):
        project.refresh()
        branches = {each.name: each for each in project.protectedbranches.list(get_all=True)}
        tags = project.protectedtags.list(get_all=True)
        schedules = project.pipelineschedules.list(get_all=True)
        return CurrentProject(
            attributes=project.attributes,
            branch=parse_branch_protection(branches[branch]) if branch in branches else None,
            tags={each.name: parse_access_rules(each.create_access_levels) for each in tags},
            environments=_protected_environments(project),
            # The list contains no variables.
            schedules=tuple(_schedule(project.pipelineschedules.get(each.id)) for each in schedules),
        )


def parse_branch_protection(branch: Any) -> BranchProtection:
    return BranchProtection(
        push=parse_access_rules(branch.push_access_levels),
        merge=parse_access_rules(branch.merge_access_levels),
        allow_force_push=getattr(branch, "allow_force_push", False),
    )


def _require_identity(project: Any, *, path: str, project_id: int | None) -> None:
    """Require the path and the ID of environments.yaml, since AWS compares them with those in the jobs' tokens."""
    if project.path_with_namespace != path:
        raise UserError(
            f"environments.yaml: gitlab.project: {path} is now {project.path_with_namespace}. Write the new path, and "
            "deploy the identity stacks again."
        )
    if project_id not in (None, project.id):
        raise UserError(
            f"environments.yaml: gitlab.project_id is {project_id}, but the ID of {path} is {project.id}. Correct it, "
            "and deploy the identity stacks again."
        )


def _protected_environments(project: Any) -> dict[str, tuple[AccessRule, ...]] | None:
    import gitlab

    try:
        items: Iterable[Any] = project.protected_environments.list(get_all=True)
    except gitlab.GitlabListError as error:
        # Maintainers may read them, so these mean that the licence or edition does not include them.
        if error.response_code in (403, 404):
            return None
        raise
    return {each.name: parse_access_rules(each.deploy_access_levels) for each in items}


def _schedule(schedule: Any) -> PipelineSchedule:
    variables = schedule.attributes.get("variables")
    if variables is None:
        # The schedule belongs to a user whose variables the token may not read.
        values = {SCHEDULE_VARIABLE: schedule.description.removeprefix(schedule_title(""))}
    else:
        values = {each["key"]: each["value"] for each in variables}
    return PipelineSchedule(
        id=schedule.id,
        description=schedule.description,
        ref=schedule.ref.removeprefix("refs/heads/"),
        cron=schedule.cron,
        active=schedule.active,
        task=values.get(SCHEDULE_VARIABLE),
    )
