"""Compare the settings of a GitLab project with those that deployments from CI need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mlproject.gitlab.access_rules import describe_access, excludes_developers
from mlproject.gitlab.project_state import BranchProtection, CurrentProject, DesiredProject, ScheduledTask

NOT_PROTECTED = "not protected"
# The hours are in UTC. Updates come before a working week, drift before a working day.
CRON: Mapping[ScheduledTask, str] = {
    ScheduledTask.DRIFT: "0 4 * * *",
    ScheduledTask.UPDATES: "0 5 * * 1",
    ScheduledTask.VERIFY: "0 3 * * 6",
}


class Kind(StrEnum):
    """What a setting belongs to in GitLab's API."""

    PROJECT = "project"
    BRANCH = "protected branch"
    TAG = "protected tag"
    ENVIRONMENT = "protected environment"
    SCHEDULE = "pipeline schedule"


class State(StrEnum):
    """What became of a setting. It is `different` until it is changed."""

    UNCHANGED = "unchanged"
    DIFFERENT = "different"
    CHANGED = "changed"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting.

    Args:
        kind: what it belongs to.
        key: the attribute, branch, tag, environment or task.
        now: its value, for people.
        desired: the value that deployments need, for people.
        state: whether it differs.
        note: for an unavailable setting, what to do instead.
    """

    kind: Kind
    key: str
    now: str
    desired: str
    state: State
    note: str = ""

    @property
    def name(self) -> str:
        return self.key if self.kind is Kind.PROJECT else f"{self.kind} {self.key}"


def project_attributes(desired: DesiredProject) -> dict[str, Any]:
    """Return the attributes of the project with the values that deployments need.

    https://docs.gitlab.com/api/projects/#edit-a-project
    """
    return {
        # A variable of a pipeline, such as BASH_ENV, runs code in a protected job. Maintainers start the operations
        # rollback, promote and destroy with variables. GitLab 17.1 to 17.7 apply the role only if the first is true.
        "restrict_user_defined_variables": True,
        "ci_pipeline_variables_minimum_override_role": "maintainer",
        # Since 17.10: https://gitlab.com/gitlab-org/gitlab/-/issues/477260. That 18.7 added ref_protected,
        # environment_protected and deployment_tier is what third parties say (clients of the API, in their own
        # documentation). It was not seen in GitLab's text, and an older server rejects the components with 400.
        "ci_id_token_sub_claim_components": list(desired.sub_claim_components),
        "ci_forward_deployment_enabled": True,
        # Retrying a job of an old pipeline would deploy its commit. Rollbacks are an operation of their own, in a new
        # pipeline that passes the guard.
        "ci_forward_deployment_rollback_allowed": False,
        # With `unordered`, GitLab's default, a waiting older deployment could overtake a newer one.
        "resource_group_default_process_mode": "oldest_first",
        "only_allow_merge_if_pipeline_succeeds": True,
    }


# For attributes that not every GitLab has.
_ALTERNATIVES: Mapping[str, str] = {
    "restrict_user_defined_variables": "the role in ci_pipeline_variables_minimum_override_role applies without it",
    "ci_pipeline_variables_minimum_override_role": "upgrade to GitLab 17.1 or later; until then every developer can "
    "set variables of pipelines on unprotected branches",
    "ci_id_token_sub_claim_components": "upgrade to GitLab 17.10 or later; until then sub contains project_path, "
    "ref_type and ref",
    "resource_group_default_process_mode": "after the first deployment, set process_mode=oldest_first of each resource "
    "group (PUT /projects/:id/resource_groups/:key)",
}
_ENVIRONMENT_ALTERNATIVE = (
    "GitLab Free has no protected environments. The protected branch and the manual job limit deployments to "
    "maintainers; omit environment_protected in sub_claim_components"
)


def compare_settings(desired: DesiredProject, current: CurrentProject) -> tuple[Setting, ...]:
    """Return every setting with its value and the value that deployments need."""
    return (
        *_attributes(desired, current),
        _branch(desired.default_branch, current.branch),
        *_tags(desired, current),
        *_environments(desired, current),
        *(_schedule(task, desired, current) for task in desired.schedules),
    )


def _attributes(desired: DesiredProject, current: CurrentProject) -> Iterator[Setting]:
    for key, value in project_attributes(desired).items():
        if key not in current.attributes:
            note = _ALTERNATIVES.get(key, "upgrade GitLab")
            yield Setting(kind=Kind.PROJECT, key=key, now="—", desired=_text(value), state=State.UNAVAILABLE, note=note)
            continue
        now = current.attributes[key]
        yield _setting(Kind.PROJECT, key, now=_text(now), desired=_text(value), is_met=now == value)


def _branch(branch: str, current: BranchProtection | None) -> Setting:
    desired = "push: no one, merge: maintainers"
    if current is None:
        return _setting(Kind.BRANCH, branch, now=NOT_PROTECTED, desired=desired, is_met=False)
    now = f"push: {describe_access(current.push)}, merge: {describe_access(current.merge)}"
    now += ", force push" if current.allow_force_push else ""
    return _setting(Kind.BRANCH, branch, now=now, desired=desired, is_met=current.requires_merge_requests)


def _tags(desired: DesiredProject, current: CurrentProject) -> Iterator[Setting]:
    for tag in desired.deploy_tags:
        rules = current.tags.get(tag)
        now = NOT_PROTECTED if rules is None else f"create: {describe_access(rules)}"
        yield _setting(Kind.TAG, tag, now=now, desired="create: maintainers", is_met=excludes_developers(rules))


def _environments(desired: DesiredProject, current: CurrentProject) -> Iterator[Setting]:
    for name in desired.protected_environments:
        text = "deploy: maintainers"
        if current.environments is None:
            note = _ENVIRONMENT_ALTERNATIVE
            yield Setting(kind=Kind.ENVIRONMENT, key=name, now="—", desired=text, state=State.UNAVAILABLE, note=note)
            continue
        rules = current.environments.get(name)
        now = NOT_PROTECTED if rules is None else f"deploy: {describe_access(rules)}"
        yield _setting(Kind.ENVIRONMENT, name, now=now, desired=text, is_met=excludes_developers(rules))


def _schedule(task: ScheduledTask, desired: DesiredProject, current: CurrentProject) -> Setting:
    schedule, branch = current.schedule(task), desired.default_branch
    if schedule is None:
        return _setting(
            Kind.SCHEDULE, task, now="none", desired=_describe_schedule(CRON[task], branch, active=True), is_met=False
        )
    # The time stays, since the team may have moved it.
    return _setting(
        Kind.SCHEDULE,
        task,
        now=_describe_schedule(schedule.cron, schedule.ref, active=schedule.active)
        + ("" if schedule.task else f", without SCHEDULE={task}"),
        desired=_describe_schedule(schedule.cron, branch, active=True),
        is_met=schedule.ref == branch and schedule.active and schedule.task == task,
    )


def _describe_schedule(cron: str, branch: str, *, active: bool) -> str:
    return f"{cron} on {branch}{'' if active else ', inactive'}"


def _setting(kind: Kind, key: str, *, now: str, desired: str, is_met: bool) -> Setting:
    return Setting(kind=kind, key=key, now=now, desired=desired, state=State.UNCHANGED if is_met else State.DIFFERENT)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "not set" if value is None else str(value)
