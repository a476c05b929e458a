"""Change the settings of a GitLab project that differ from those that deployments need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from mlproject.errors import UserError
from mlproject.gitlab.access_rules import MAINTAINER, NO_ONE, AccessRule
from mlproject.gitlab.api_errors import reporting_api_errors
from mlproject.gitlab.project_state import (
    BranchProtection,
    CurrentProject,
    DesiredProject,
    ScheduledTask,
    schedule_title,
)
from mlproject.gitlab.settings import CRON, Kind, Setting, State, compare_settings, project_attributes
from mlproject.gitlab.settings_client import SCHEDULE_VARIABLE, parse_branch_protection, read_settings


def apply_settings(project: Any, desired: DesiredProject, *, url: str) -> tuple[Setting, ...]:
    """Change every setting that differs, and return all of them. A repeated call continues after an error.

    Args:
        project: from `open_project`.
        desired: the values that deployments need.
        url: URL of GitLab, for messages.

    Raises:
        UserError: GitLab rejects a change, does not make it, or cannot be reached.
    """
    current = read_settings(project, branch=desired.default_branch, url=url)
    settings = compare_settings(desired, current)
    different = [setting for setting in settings if setting.state is State.DIFFERENT]
    if different:
        _change_settings(project, different, desired=desired, current=current, url=url)
        _require_changed(compare_settings(desired, read_settings(project, branch=desired.default_branch, url=url)), url)
    return tuple(replace(each, state=State.CHANGED) if each in different else each for each in settings)


def _change_settings(
    project: Any, different: Sequence[Setting], *, desired: DesiredProject, current: CurrentProject, url: str
) -> None:
    attributes = project_attributes(desired)
    values = {setting.key: attributes[setting.key] for setting in different if setting.kind is Kind.PROJECT}
    if values:
        # In one request, so that GitLab accepts all of them or none.
        with reporting_api_errors(f"changing {', '.join(values)}", url=url):
            project.manager.update(project.id, values)
    changes: Mapping[Kind, Callable[[str], None]] = {
        Kind.BRANCH: lambda branch: _protect_branch(project, branch, current.branch, url=url),
        Kind.TAG: lambda tag: _protect_tag(project, tag, is_protected=tag in current.tags, url=url),
        Kind.ENVIRONMENT: lambda name: _protect_environment(project, name, (current.environments or {}).get(name)),
        Kind.SCHEDULE: lambda task: _schedule(project, ScheduledTask(task), desired=desired, current=current),
    }
    for setting in different:
        if setting.kind is not Kind.PROJECT:
            with reporting_api_errors(f"changing the {setting.name}", url=url):
                changes[setting.kind](setting.key)


def _require_changed(settings: Iterable[Setting], url: str) -> None:
    """Raise a UserError if GitLab accepted a change without making it."""
    ignored = [setting for setting in settings if setting.state is State.DIFFERENT]
    if ignored:
        values = "; ".join(f"{setting.name} is {setting.now}" for setting in ignored)
        raise UserError(
            f"{url}: GitLab accepted the changes but did not make all of them: {values}. A setting of the group or of "
            "the instance may override the project's; change it there.",
            exit_code=1,
        )


def _protect_branch(project: Any, branch: str, current: BranchProtection | None, *, url: str) -> None:
    if current is not None:
        project.protectedbranches.update(branch, _branch_changes(current))
        if parse_branch_protection(project.protectedbranches.get(branch)).requires_merge_requests:
            return
        # GitLab Free ignores allowed_to_push and allowed_to_merge, so the protection must be replaced.
        project.protectedbranches.delete(branch)
    with reporting_api_errors(f"protecting {branch}, which is NOT protected until the command succeeds,", url=url):
        project.protectedbranches.create(
            {
                "name": branch,
                "push_access_level": NO_ONE,
                "merge_access_level": MAINTAINER,
                "allow_force_push": False,
            }
        )


def _branch_changes(current: BranchProtection) -> dict[str, Any]:
    """Return the request that removes what is too wide and keeps the rest."""
    push = [rule for rule in current.push if not rule.admits_nobody]
    merge = [rule for rule in current.merge if rule.admits_developers]
    return {
        "allow_force_push": False,
        "allowed_to_push": [*_removals(push), *([{"access_level": NO_ONE}] if len(push) == len(current.push) else [])],
        "allowed_to_merge": _replace(merge, current.merge),
    }


def _replace(removed: list[AccessRule], rules: Iterable[AccessRule]) -> list[dict[str, Any]]:
    """Return the changes that remove rules and let maintainers take their place."""
    if not removed or any(rule.level == MAINTAINER for rule in rules):
        return _removals(removed)
    return [*_removals(removed), {"access_level": MAINTAINER}]


def _removals(rules: Iterable[AccessRule]) -> list[dict[str, Any]]:
    return [{"id": rule.id, "_destroy": True} for rule in rules]


def _protect_tag(project: Any, tag: str, *, is_protected: bool, url: str) -> None:
    if is_protected:
        # The API cannot update the protection of a tag.
        project.protectedtags.delete(tag)
    with reporting_api_errors(f"protecting the tag {tag}, which is NOT protected until the command succeeds,", url=url):
        project.protectedtags.create({"name": tag, "create_access_level": MAINTAINER})


def _protect_environment(project: Any, name: str, rules: tuple[AccessRule, ...] | None) -> None:
    if rules is None:
        levels = [{"access_level": MAINTAINER}]
        project.protected_environments.create({"name": name, "deploy_access_levels": levels})
        return
    # An update keeps the approvals that the environment may require. python-gitlab lacks this request.
    changes = _replace([rule for rule in rules if rule.admits_developers], rules)
    path = f"/projects/{project.encoded_id}/protected_environments/{quote(name, safe='')}"
    project.manager.gitlab.http_put(path, post_data={"deploy_access_levels": changes})


def _schedule(project: Any, task: ScheduledTask, *, desired: DesiredProject, current: CurrentProject) -> None:
    schedule = current.schedule(task)
    ref = f"refs/heads/{desired.default_branch}"
    if schedule is None:
        # Inactive until it has its variable, without which its pipelines would run other jobs.
        values = {"ref": ref, "cron": CRON[task], "cron_timezone": "UTC", "active": False}
        number = project.pipelineschedules.create({"description": schedule_title(task), **values}).id
    else:
        number = schedule.id
        # Only the owner can change a schedule, which GitLab deactivates when the owner leaves:
        # https://docs.gitlab.com/ci/pipelines/schedules/#take-ownership
        project.pipelineschedules.get(number, lazy=True).take_ownership()
    if schedule is None or schedule.task is None:
        variables = project.pipelineschedules.get(number, lazy=True).variables
        variables.create({"key": SCHEDULE_VARIABLE, "value": task.value})
    project.pipelineschedules.update(number, {"ref": ref, "active": True})
