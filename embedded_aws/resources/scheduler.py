"""AWS::Scheduler."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import call, pick, tags, update_tags
from embedded_aws.resources.handler import Context, Handler, Properties, handler

_TARGET = (
    "Arn",
    "DeadLetterConfig",
    "Input",
    "RetryPolicy",
    "RoleArn",
    "SageMakerPipelineParameters",
    "SqsParameters",
)


@handler
class Schedule(Handler):
    type_name = "AWS::Scheduler::Schedule"
    ARGUMENTS = (
        "Description",
        "EndDate",
        "FlexibleTimeWindow",
        "GroupName",
        "KmsKeyArn",
        "ScheduleExpression",
        "ScheduleExpressionTimezone",
        "StartDate",
        "State",
    )
    supported = frozenset({"Name", *ARGUMENTS, *(f"Target.{member}" for member in _TARGET)})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("Name") or context.report_generated_name(limit=64)
        arn = self._call(context, "CreateSchedule", name, properties)
        context.report_id(name)
        return {"Arn": arn}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        # What UpdateSchedule is not given falls back to its default. It finds the schedule by its group, so it
        # cannot move it to another: such a change fails, as on AWS.
        # https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html
        return {"Arn": self._call(context, "UpdateSchedule", physical_id, new)}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "scheduler", "DeleteSchedule", Name=physical_id, **pick(properties, "GroupName"))

    def _call(self, context: Context, operation: str, name: str, properties: Properties) -> str:
        given = pick(properties, "Target", *self.ARGUMENTS)
        arn: str = call(context, "scheduler", operation, Name=name, **given)["ScheduleArn"]
        return arn


@handler
class ScheduleGroup(Handler):
    type_name = "AWS::Scheduler::ScheduleGroup"
    supported = frozenset({"Name", "Tags"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("Name") or context.report_generated_name(limit=64)
        call(context, "scheduler", "CreateScheduleGroup", Name=name, Tags=tags(properties))
        context.report_id(name)
        return self._attributes(context, name)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        attributes = self._attributes(context, physical_id)
        arn = attributes["Arn"]
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "scheduler", "UntagResource", ResourceArn=arn, TagKeys=keys),
            add=lambda _: call(context, "scheduler", "TagResource", ResourceArn=arn, Tags=tags(new)),
        )
        return attributes

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "scheduler", "DeleteScheduleGroup", Name=physical_id)

    def _attributes(self, context: Context, name: str) -> dict[str, Any]:
        group = call(context, "scheduler", "GetScheduleGroup", Name=name)
        dates = {date: group[date].isoformat() for date in ("CreationDate", "LastModificationDate")}
        return {**pick(group, "Arn", "State"), **dates}
