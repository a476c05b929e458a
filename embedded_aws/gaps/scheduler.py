"""EventBridge Scheduler."""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule

from embedded_aws.gaps._registry import fills

_create = EventBridgeSchedulerBackend.create_schedule
_create_group = EventBridgeSchedulerBackend.create_schedule_group
_delete_group = EventBridgeSchedulerBackend.delete_schedule_group
_update = Schedule.update
# https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
_RETRIES = {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}


@fills(
    EventBridgeSchedulerBackend,
    "create_schedule",
    service="scheduler",
    what="CreateSchedule, refused in a group that does not exist",
    why="moto answers with a 500",
)
def create_schedule(self: Any, *, group_name: str | None, **rest: Any) -> Any:
    self.get_schedule_group(group_name)
    return _create(self, group_name=group_name, **rest)


@fills(
    Schedule,
    "validate_target",
    service="scheduler",
    what="the default of each number of a retry policy that is not given",
    why="moto gives defaults only where the whole policy is missing",
)
def validate_target(target: dict[str, Any]) -> dict[str, Any]:
    return {**target, "RetryPolicy": {**_RETRIES, **target.get("RetryPolicy", {})}}


@fills(
    Schedule,
    "update",
    service="scheduler",
    what="UpdateSchedule, which enables a schedule unless it is told otherwise",
    why="moto then shows a schedule without a state",
)
def update(self: Any, *, state: str | None, **rest: Any) -> None:
    # https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html
    _update(self, state=state or "ENABLED", **rest)


@fills(
    EventBridgeSchedulerBackend,
    "create_schedule_group",
    service="scheduler",
    what="CreateScheduleGroup, refused under a name that exists",
    why="moto silently replaces the group and loses its schedules",
)
def create_schedule_group(self: Any, *, name: str, tags: Any) -> Any:
    if name in self.schedule_groups:
        raise JsonRESTError("ConflictException", f"Schedule group {name} already exists.")
    return _create_group(self, name=name, tags=tags or [])


@fills(
    EventBridgeSchedulerBackend,
    "delete_schedule_group",
    service="scheduler",
    what="DeleteScheduleGroup, which forgets the tags, refused for a group that does not exist or is the default one",
    why="moto gives the tags to the next group of that name, and answers with a 500",
)
def delete_schedule_group(self: Any, name: str | None) -> None:
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-group.html
    if name == "default":
        raise JsonRESTError("ValidationException", "Default schedule group cannot be deleted.")
    self.tagger.delete_all_tags_for_resource(self.get_schedule_group(name).arn)
    _delete_group(self, name)
