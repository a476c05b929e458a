"""The settings of a GitLab project: as they are, and as deployments from CI need them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mlproject.gitlab.access_rules import AccessRule


class ScheduledTask(StrEnum):
    """A value of the variable SCHEDULE, which selects the jobs of a scheduled pipeline."""

    DRIFT = "drift"
    UPDATES = "updates"
    VERIFY = "verify"


@dataclass(frozen=True, kw_only=True)
class DesiredProject:
    """What the settings follow from.

    Args:
        default_branch: the branch whose jobs deploy.
        sub_claim_components: what `sub` of the jobs' tokens contains.
        deploy_tags: tags or patterns from which environments are deployed.
        protected_environments: GitLab environments to protect, such as `flights/prod`.
        schedules: the pipeline schedules.
    """

    default_branch: str
    sub_claim_components: tuple[str, ...]
    deploy_tags: tuple[str, ...]
    protected_environments: tuple[str, ...]
    schedules: tuple[ScheduledTask, ...]


@dataclass(frozen=True, kw_only=True)
class BranchProtection:
    """Who may change a protected branch."""

    push: tuple[AccessRule, ...]
    merge: tuple[AccessRule, ...]
    allow_force_push: bool

    @property
    def requires_merge_requests(self) -> bool:
        """Whether no one can push, and no one below the role Maintainer can merge."""
        can_push = self.allow_force_push or any(not rule.admits_nobody for rule in self.push)
        return not can_push and not any(rule.admits_developers for rule in self.merge)


@dataclass(frozen=True, kw_only=True)
class PipelineSchedule:
    """A pipeline schedule.

    Args:
        id: its ID.
        description: its title in GitLab.
        ref: the branch, without `refs/heads/`.
        cron: when it runs.
        active: whether it runs.
        task: the value of its variable SCHEDULE; None if it has none.
    """

    id: int
    description: str
    ref: str
    cron: str
    active: bool
    task: str | None


@dataclass(frozen=True, kw_only=True)
class CurrentProject:
    """The settings as GitLab returns them.

    Args:
        attributes: the project's attributes.
        branch: the protection of the default branch; None without one.
        tags: who may create each protected tag.
        environments: who may deploy to each protected environment; None if the licence has no protected environments.
        schedules: every pipeline schedule.
    """

    attributes: Mapping[str, Any]
    branch: BranchProtection | None
    tags: Mapping[str, tuple[AccessRule, ...]]
    environments: Mapping[str, tuple[AccessRule, ...]] | None
    schedules: tuple[PipelineSchedule, ...]

    def schedule(self, task: ScheduledTask) -> PipelineSchedule | None:
        """Return the schedule of a task. Its title identifies it if an interrupted run did not set its variable."""
        found = [each for each in self.schedules if each.task == task]
        found += [each for each in self.schedules if each.task is None and each.description == schedule_title(task)]
        return found[0] if found else None


def schedule_title(task: str) -> str:
    """Return the description of the task's schedule, which GitLab shows in its list of schedules."""
    return f"mlproject {task}"
