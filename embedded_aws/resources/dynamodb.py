"""AWS::DynamoDB."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from embedded_aws.resources._common import boolean, call, changed, pick, tag_map, tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler


@handler
class Table(Handler):
    type_name = "AWS::DynamoDB::Table"
    # What CreateTable takes as the template gives it.
    TAKEN: ClassVar[tuple[str, ...]] = (
        "AttributeDefinitions",
        "BillingMode",
        "DeletionProtectionEnabled",
        "GlobalSecondaryIndexes",
        "KeySchema",
        "LocalSecondaryIndexes",
        "ProvisionedThroughput",
    )
    supported = frozenset(
        {
            "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
            "SSESpecification",
            "StreamSpecification.StreamViewType",
            "TableName",
            "Tags",
            "TimeToLiveSpecification",
            *TAKEN,
        }
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        table = call(
            context,
            "dynamodb",
            "CreateTable",
            TableName=properties.get("TableName") or context.generated_name(limit=255),
            Tags=tags(properties) or None,
            SSESpecification=_encryption(properties.get("SSESpecification")),
            StreamSpecification=_stream(properties.get("StreamSpecification")),
            **pick(properties, *self.TAKEN),
        )["TableDescription"]
        context.report_id(table["TableName"])
        self._settle(context, table["TableName"], {}, properties)
        return _attributes(table)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        fixed = (
            "AttributeDefinitions",
            "GlobalSecondaryIndexes",
            "LocalSecondaryIndexes",
            "SSESpecification",
            "StreamSpecification",
        )
        if names := [name for name in fixed if changed(old, new, name)]:
            raise HandlerError(
                f"the embedded AWS does not change {', '.join(names)} of a table; give {physical_id} another name"
            )
        # UpdateTable takes one kind of change at a time.
        # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
        changes: list[dict[str, Any]] = []
        if changed(old, new, "BillingMode", "ProvisionedThroughput"):
            changes.append({"BillingMode": new.get("BillingMode", "PROVISIONED"), **pick(new, "ProvisionedThroughput")})
        if changed(old, new, "DeletionProtectionEnabled"):
            changes.append({"DeletionProtectionEnabled": new.get("DeletionProtectionEnabled", False)})
        for change in changes:
            call(context, "dynamodb", "UpdateTable", TableName=physical_id, **change)
        self._settle(context, physical_id, old, new)
        table = call(context, "dynamodb", "DescribeTable", TableName=physical_id)["Table"]
        arn = table["TableArn"]
        if changed(old, new, "Tags"):
            # moto lists a key twice that is tagged again.
            if before := list(tag_map(old)):
                call(context, "dynamodb", "UntagResource", ResourceArn=arn, TagKeys=before)
            if after := tags(new):
                call(context, "dynamodb", "TagResource", ResourceArn=arn, Tags=after)
        return _attributes(table)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "dynamodb", "DeleteTable", TableName=physical_id)

    def _settle(self, context: Context, name: str, old: Properties, new: Properties) -> None:
        """Bring what CreateTable does not take to the new properties."""
        before, after = _time_to_live(old), _time_to_live(new)
        if before != after:
            # TTL goes off under the attribute's name that it has.
            wanted = after or {**before, "Enabled": False}
            call(context, "dynamodb", "UpdateTimeToLive", TableName=name, TimeToLiveSpecification=wanted)
        if changed(old, new, "PointInTimeRecoverySpecification"):
            enabled = new.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled", False)
            call(
                context,
                "dynamodb",
                "UpdateContinuousBackups",
                TableName=name,
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled},
            )


def _time_to_live(properties: Properties) -> dict[str, Any]:
    given = properties.get("TimeToLiveSpecification") or {}
    return dict(given) if boolean(given.get("Enabled", False)) is True else {}


def _encryption(specification: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if specification is None:
        return None
    words = {"SSEEnabled": "Enabled", "SSEType": "SSEType", "KMSMasterKeyId": "KMSMasterKeyId"}
    return {words[name]: value for name, value in specification.items()}


def _stream(specification: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {"StreamEnabled": True, **specification} if specification else None


def _attributes(table: Mapping[str, Any]) -> dict[str, Any]:
    stream = {"StreamArn": table["LatestStreamArn"]} if table.get("LatestStreamArn") else {}
    return {"Arn": table["TableArn"], **stream}
