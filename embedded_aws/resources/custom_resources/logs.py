"""Custom::LogRetention."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import call, ignoring
from embedded_aws.resources.custom_resources._custom_resource import CustomResource
from embedded_aws.resources.handler import Context, Properties, handler


@handler
class LogRetention(CustomResource):
    type_name = "Custom::LogRetention"
    # SdkRetry says how often a throttled call is repeated; nothing is throttled here.
    supported = frozenset({"LogGroupName", "RemovalPolicy", "RetentionInDays", "SdkRetry", "ServiceToken"})

    def physical_id(self, context: Context, properties: Properties) -> str:
        return str(properties["LogGroupName"])

    def attributes(self, properties: Properties) -> dict[str, Any]:
        return {"LogGroupName": properties["LogGroupName"]}

    def on_create(self, context: Context, properties: Properties) -> None:
        name = properties["LogGroupName"]
        with ignoring("ResourceAlreadyExistsException"):
            call(context, "logs", "CreateLogGroup", logGroupName=name)
        if days := properties.get("RetentionInDays"):
            call(context, "logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=days)
        else:
            call(context, "logs", "DeleteRetentionPolicy", logGroupName=name)

    def on_update(self, context: Context, old: Properties, new: Properties) -> None:
        self.on_create(context, new)

    def on_delete(self, context: Context, properties: Properties) -> None:
        if properties.get("RemovalPolicy") == "destroy":
            with ignoring("ResourceNotFoundException"):
                call(context, "logs", "DeleteLogGroup", logGroupName=properties["LogGroupName"])
