"""AWS::Events: event buses and their policies."""

from __future__ import annotations

import json
from typing import Any

from embedded_aws.resources._common import call, pick, tags, update_tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler


@handler
class EventBus(Handler):
    type_name = "AWS::Events::EventBus"
    supported = frozenset({"Name", "Tags"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        arn = call(context, "events", "CreateEventBus", **pick(properties, "Name"), Tags=tags(properties) or None)[
            "EventBusArn"
        ]
        context.report_id(properties["Name"])
        return {"Arn": arn, "Name": properties["Name"]}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
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
    supported = frozenset({"Action", "EventBusName", "Principal", "Statement", "StatementId"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        self._put(context, properties)
        context.report_id(f"{properties.get('EventBusName', 'default')}|{properties['StatementId']}")
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
            given = pick(properties, "Action", "Principal", "StatementId")
            call(context, "events", "PutPermission", **given, **bus)
            return
        # PutPermission takes a policy as a whole, and a bus has one: the other statements stay.
        name = properties.get("EventBusName", "default")
        policy = call(context, "events", "DescribeEventBus", Name=name).get("Policy")
        statement = {"Sid": properties["StatementId"], **properties["Statement"]}
        if statement["Sid"] != properties["StatementId"]:
            raise HandlerError("the statement's Sid and StatementId must be the same")
        others = json.loads(policy)["Statement"] if policy else []
        statements = [each for each in others if each["Sid"] != statement["Sid"]]
        document = {"Version": "2012-10-17", "Statement": [*statements, statement]}
        call(context, "events", "PutPermission", Policy=json.dumps(document), **bus)
