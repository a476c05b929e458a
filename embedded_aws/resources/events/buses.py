"""AWS::Events: event buses, their policies, and archives."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from embedded_aws.resources._common import call, changed, pick, tags, update_tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler


@handler
class EventBus(Handler):
    type_name = "AWS::Events::EventBus"
    # What a template gives, with what UpdateEventBus takes for "none".
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UpdateEventBus.html
    SETTINGS: ClassVar[dict[str, Any]] = {"DeadLetterConfig": {}, "Description": "", "KmsKeyIdentifier": ""}
    supported = frozenset({"Name", "Tags", *SETTINGS})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        arn = call(
            context,
            "events",
            "CreateEventBus",
            Tags=tags(properties) or None,
            **pick(properties, "Name", *self.SETTINGS),
        )["EventBusArn"]
        context.report_id(properties["Name"])
        return {"Arn": arn, "Name": properties["Name"]}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        if changed(old, new, *self.SETTINGS):
            settings = {name: new.get(name, none) for name, none in self.SETTINGS.items()}
            call(context, "events", "UpdateEventBus", Name=physical_id, **settings)
        arn = call(context, "events", "DescribeEventBus", Name=physical_id)["Arn"]
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "events", "UntagResource", ResourceARN=arn, TagKeys=keys),
            add=lambda _: call(context, "events", "TagResource", ResourceARN=arn, Tags=tags(new)),
        )
        return {"Arn": arn, "Name": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "events", "DeleteEventBus", Name=physical_id)


@handler
class EventBusPolicy(Handler):
    """A statement of a bus's policy, given as a whole or as action and principal."""

    type_name = "AWS::Events::EventBusPolicy"
    supported = frozenset({"Action", "Condition", "EventBusName", "Principal", "Statement", "StatementId"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        bus, statement = properties.get("EventBusName", "default"), properties["StatementId"]
        if any(each["Sid"] == statement for each in self._statements(context.unrestricted(), bus)):
            raise HandlerError(f"the policy of the event bus {bus} already has the statement {statement}")
        with context.creating(f"{bus}|{statement}"):
            self._put(context, properties)
        return {}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._put(context, new)
        return {}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(
            context,
            "events",
            "RemovePermission",
            StatementId=properties["StatementId"],
            **pick(properties, "EventBusName"),
        )

    def _put(self, context: Context, properties: Properties) -> None:
        bus = pick(properties, "EventBusName")
        if "Statement" not in properties:
            given = pick(properties, "Action", "Condition", "Principal", "StatementId")
            call(context, "events", "PutPermission", **given, **bus)
            return
        # PutPermission takes a policy as a whole, and a bus has one: the other statements stay.
        statement = {"Sid": properties["StatementId"], **properties["Statement"]}
        if statement["Sid"] != properties["StatementId"]:
            raise HandlerError("the statement's Sid and StatementId must be the same")
        present = self._statements(context, properties.get("EventBusName", "default"))
        others = [each for each in present if each["Sid"] != statement["Sid"]]
        document = {"Version": "2012-10-17", "Statement": [*others, statement]}
        call(context, "events", "PutPermission", Policy=json.dumps(document), **bus)

    def _statements(self, context: Context, bus: str) -> list[dict[str, Any]]:
        policy = call(context, "events", "DescribeEventBus", Name=bus).get("Policy")
        statements: list[dict[str, Any]] = json.loads(policy)["Statement"] if policy else []
        return statements


@handler
class Archive(Handler):
    type_name = "AWS::Events::Archive"
    # What a template gives, with what UpdateArchive takes for "none".
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UpdateArchive.html
    SETTINGS: ClassVar[dict[str, Any]] = {
        "Description": "",
        "EventPattern": "",
        "KmsKeyIdentifier": "",
        "RetentionDays": 0,
    }
    supported = frozenset({"ArchiveName", "SourceArn", *SETTINGS})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("ArchiveName") or context.generated_name(limit=48)
        arn = call(
            context,
            "events",
            "CreateArchive",
            ArchiveName=name,
            EventSourceArn=properties["SourceArn"],
            **pick(properties, *self.SETTINGS),
        )["ArchiveArn"]
        context.report_id(name)
        return {"Arn": arn}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        settings = {name: new.get(name, none) for name, none in self.SETTINGS.items()}
        return {"Arn": call(context, "events", "UpdateArchive", ArchiveName=physical_id, **settings)["ArchiveArn"]}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "events", "DeleteArchive", ArchiveName=physical_id)
