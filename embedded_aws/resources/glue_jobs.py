"""AWS::Glue: what fills the data catalog and works on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from embedded_aws.resources._common import boolean, call, ignoring, pick, tag_map, update_tags
from embedded_aws.resources.handler import Context, Handler, Properties, handler


@handler
class Crawler(Handler):
    type_name = "AWS::Glue::Crawler"
    # What a template gives besides the schedule, with what UpdateCrawler takes for "none".
    # https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateCrawler.html
    SETTINGS: ClassVar[Mapping[str, Any]] = {
        "Classifiers": [],
        "Configuration": "",
        "CrawlerSecurityConfiguration": "",
        "DatabaseName": "",
        "Description": "",
        "RecrawlPolicy": {"RecrawlBehavior": "CRAWL_EVERYTHING"},
        "Role": None,
        "SchemaChangePolicy": {
            "DeleteBehavior": "DEPRECATE_IN_DATABASE",
            "UpdateBehavior": "UPDATE_IN_DATABASE",
        },
        "TablePrefix": "",
        "Targets": None,
    }
    supported = frozenset({"Name", "Schedule.ScheduleExpression", "Tags", *SETTINGS})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("Name") or context.report_generated_name(limit=255)
        call(
            context,
            "glue",
            "CreateCrawler",
            Name=name,
            Schedule=_schedule(properties),
            Tags=tag_map(properties) or None,
            **pick(properties, *self.SETTINGS),
        )
        context.report_id(name)
        return {}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        settings = {name: new.get(name, none) for name, none in self.SETTINGS.items()}
        call(context, "glue", "UpdateCrawler", Name=physical_id, Schedule=_schedule(new) or "", **settings)
        _update_tags(context, f"crawler/{physical_id}", old, new)
        return {}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "glue", "DeleteCrawler", Name=physical_id)


@handler
class Job(Handler):
    type_name = "AWS::Glue::Job"
    SETTINGS = (
        "AllocatedCapacity",
        "Command",
        "Connections",
        "DefaultArguments",
        "Description",
        "ExecutionClass",
        "ExecutionProperty",
        "GlueVersion",
        "JobMode",
        "JobRunQueuingEnabled",
        "LogUri",
        "MaintenanceWindow",
        "MaxCapacity",
        "MaxRetries",
        "NonOverridableArguments",
        "NotificationProperty",
        "NumberOfWorkers",
        "Role",
        "SecurityConfiguration",
        "Timeout",
        "WorkerType",
    )
    supported = frozenset({"Name", "Tags", *SETTINGS})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("Name") or context.report_generated_name(limit=255)
        call(
            context,
            "glue",
            "CreateJob",
            Name=name,
            Tags=tag_map(properties) or None,
            **pick(properties, *self.SETTINGS),
        )
        context.report_id(name)
        return {}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        call(context, "glue", "UpdateJob", JobName=physical_id, JobUpdate=pick(new, *self.SETTINGS))
        _update_tags(context, f"job/{physical_id}", old, new)
        return {}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "glue", "DeleteJob", JobName=physical_id)


@handler
class Trigger(Handler):
    type_name = "AWS::Glue::Trigger"
    UPDATED = ("Actions", "Description", "EventBatchingCondition", "Predicate", "Schedule")
    supported = frozenset({"Name", "StartOnCreation", "Tags", "Type", "WorkflowName", *UPDATED})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("Name") or context.report_generated_name(limit=255)
        call(
            context,
            "glue",
            "CreateTrigger",
            Name=name,
            Tags=tag_map(properties) or None,
            **pick(properties, "StartOnCreation", "Type", "WorkflowName", *self.UPDATED),
        )
        context.report_id(name)
        return {}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        call(context, "glue", "UpdateTrigger", Name=physical_id, TriggerUpdate=pick(new, *self.UPDATED))
        was, is_now = (boolean(each.get("StartOnCreation", False)) is True for each in (old, new))
        if was is not is_now:
            call(context, "glue", "StartTrigger" if is_now else "StopTrigger", Name=physical_id)
        _update_tags(context, f"trigger/{physical_id}", old, new)
        return {}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "glue", "DeleteTrigger", Name=physical_id)


@handler
class SecurityConfiguration(Handler):
    type_name = "AWS::Glue::SecurityConfiguration"
    supported = frozenset({"EncryptionConfiguration", "Name"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        # The service says S3Encryption for what the template calls S3Encryptions.
        words = {"S3Encryptions": "S3Encryption"}
        given = properties["EncryptionConfiguration"]
        call(
            context,
            "glue",
            "CreateSecurityConfiguration",
            Name=properties["Name"],
            EncryptionConfiguration={words.get(name, name): value for name, value in given.items()},
        )
        context.report_id(properties["Name"])
        return {}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        # Glue has no call that changes one; its name is all that jobs refer to.
        with ignoring("EntityNotFoundException"):  # an update that was to be undone may have deleted it
            self.delete(context, physical_id, old)
        return self.create(context, new)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "glue", "DeleteSecurityConfiguration", Name=physical_id)


def _schedule(properties: Properties) -> Any:
    return (properties.get("Schedule") or {}).get("ScheduleExpression")


def _update_tags(context: Context, resource: str, old: Properties, new: Properties) -> None:
    arn = f"arn:aws:glue:{context.region}:{context.account}:{resource}"
    update_tags(
        old,
        new,
        remove=lambda keys: call(context, "glue", "UntagResource", ResourceArn=arn, TagsToRemove=keys),
        add=lambda added: call(context, "glue", "TagResource", ResourceArn=arn, TagsToAdd=added),
    )
