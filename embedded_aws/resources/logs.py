"""AWS::Logs."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import call, changed, pick, tag_map, update_tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler


@handler
class LogGroup(Handler):
    type_name = "AWS::Logs::LogGroup"
    supported = frozenset({"KmsKeyId", "LogGroupClass", "LogGroupName", "RetentionInDays", "Tags"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("LogGroupName") or context.report_generated_name(limit=512)
        call(
            context,
            "logs",
            "CreateLogGroup",
            logGroupName=name,
            kmsKeyId=properties.get("KmsKeyId"),
            logGroupClass=properties.get("LogGroupClass"),
            tags=tag_map(properties) or None,
        )
        context.report_id(name)
        self._settle_retention(context, name, {}, properties)
        return self._attributes(context, name)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        if self._group(context, physical_id)["logGroupClass"] != new.get("LogGroupClass", "STANDARD"):
            # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
            raise HandlerError("the class of an existing log group cannot be changed")
        if changed(old, new, "KmsKeyId"):
            if key := new.get("KmsKeyId"):
                call(context, "logs", "AssociateKmsKey", logGroupName=physical_id, kmsKeyId=key)
            else:
                call(context, "logs", "DisassociateKmsKey", logGroupName=physical_id)
        self._settle_retention(context, physical_id, old, new)
        attributes = self._attributes(context, physical_id)
        arn = attributes["Arn"].removesuffix(":*")  # the tagging calls take the group's ARN without its streams
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "logs", "UntagResource", resourceArn=arn, tagKeys=keys),
            add=lambda wanted: call(context, "logs", "TagResource", resourceArn=arn, tags=wanted),
        )
        return attributes

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "logs", "DeleteLogGroup", logGroupName=physical_id)

    def _settle_retention(self, context: Context, name: str, old: Properties, new: Properties) -> None:
        if changed(old, new, "RetentionInDays"):
            if pick(new, "RetentionInDays"):
                days = new["RetentionInDays"]
                call(context, "logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=days)
            else:
                call(context, "logs", "DeleteRetentionPolicy", logGroupName=name)

    def _attributes(self, context: Context, name: str) -> dict[str, Any]:
        return {"Arn": self._group(context, name)["arn"]}

    def _group(self, context: Context, name: str) -> dict[str, Any]:
        groups = call(context, "logs", "DescribeLogGroups", logGroupNamePrefix=name)["logGroups"]
        found: dict[str, Any] = next(group for group in groups if group["logGroupName"] == name)
        return found
