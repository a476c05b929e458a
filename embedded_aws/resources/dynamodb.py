"""AWS::DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from embedded_aws.resources._common import boolean, call, changed, exists, pick, tags, text, update_tags
from embedded_aws.resources._dynamodb_indexes import index_updates
from embedded_aws.resources.handler import Context, Handler, Properties, handler

# What UpdateTable takes for a setting that a template does not give.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
_DEFAULTS: Mapping[str, Any] = {
    "DeletionProtectionEnabled": False,
    "OnDemandThroughput": {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1},
    "TableClass": "STANDARD",
}
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html, in days
_RECOVERY_PERIOD = 35


@handler
class Table(Handler):
    type_name = "AWS::DynamoDB::Table"
    # What CreateTable takes as the template gives it.
    TAKEN: ClassVar[tuple[str, ...]] = (
        "AttributeDefinitions",
        "BillingMode",
        "KeySchema",
        "LocalSecondaryIndexes",
        "ProvisionedThroughput",
        *_DEFAULTS,
    )
    supported = frozenset(
        {
            *(f"GlobalSecondaryIndexes.{name}" for name in ("IndexName", "KeySchema", "Projection")),
            "GlobalSecondaryIndexes.ProvisionedThroughput",
            "PointInTimeRecoverySpecification",
            "ResourcePolicy.PolicyDocument",
            "SSESpecification",
            "StreamSpecification.StreamViewType",
            "TableName",
            "Tags",
            "TimeToLiveSpecification",
            *TAKEN,
        }
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("TableName") or context.generated_name(limit=255)
        taken = exists(context, "dynamodb", "DescribeTable", missing="ResourceNotFoundException", TableName=name)
        with context.creating(name, exists=taken):  # CloudFormation gives a table no tags, by which it could be found
            call(
                context,
                "dynamodb",
                "CreateTable",
                TableName=name,
                Tags=tags(properties) or None,
                SSESpecification=_encryption(properties.get("SSESpecification")),
                StreamSpecification=_stream(properties),
                **pick(properties, "GlobalSecondaryIndexes", *self.TAKEN),
            )
        self._update_settings(context, name, {}, properties)
        return self._attributes(context, name)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        table = call(context, "dynamodb", "DescribeTable", TableName=physical_id)["Table"]
        # UpdateTable takes one kind of change at a time.
        for change in self._changes(table, old, new):
            call(context, "dynamodb", "UpdateTable", TableName=physical_id, **change)
        self._update_settings(context, physical_id, old, new)
        arn = table["TableArn"]
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "dynamodb", "UntagResource", ResourceArn=arn, TagKeys=keys),
            add=lambda _: call(context, "dynamodb", "TagResource", ResourceArn=arn, Tags=tags(new)),
        )
        return self._attributes(context, physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "dynamodb", "DeleteTable", TableName=physical_id)

    def _changes(self, table: Mapping[str, Any], old: Properties, new: Properties) -> Iterator[dict[str, Any]]:
        """The arguments of each UpdateTable, from the table as it is: an update back meets one half changed."""
        on_index = index_updates(table, new)
        if changed(old, new, "BillingMode", "ProvisionedThroughput"):
            yield {
                "BillingMode": new.get("BillingMode", "PROVISIONED"),
                **pick(new, "ProvisionedThroughput"),
                "GlobalSecondaryIndexUpdates": on_index.updated or None,
            }
        elif on_index.updated:
            yield {"GlobalSecondaryIndexUpdates": on_index.updated}
        if on_index.created_or_deleted:
            definitions = new["AttributeDefinitions"]
            yield {"AttributeDefinitions": definitions, "GlobalSecondaryIndexUpdates": on_index.created_or_deleted}
        for name, default in _DEFAULTS.items():
            if changed(old, new, name):
                yield {name: new.get(name, default)}
        if changed(old, new, "SSESpecification"):
            yield {"SSESpecification": _encryption(new.get("SSESpecification")) or {"Enabled": False}}
        is_now, wanted = table.get("StreamSpecification"), _stream(new)
        if is_now != wanted:
            # A stream of other records is another stream: the one that there is ends first.
            if is_now:
                yield {"StreamSpecification": {"StreamEnabled": False}}
            if wanted:
                yield {"StreamSpecification": wanted}

    def _update_settings(self, context: Context, name: str, old: Properties, new: Properties) -> None:
        """Bring what neither CreateTable nor UpdateTable takes to the new properties."""
        before, after = _time_to_live(old), _time_to_live(new)
        if before != after:
            # TTL goes off under the attribute's name that it has.
            wanted = after or {**before, "Enabled": False}
            call(context, "dynamodb", "UpdateTimeToLive", TableName=name, TimeToLiveSpecification=wanted)
        if changed(old, new, "PointInTimeRecoverySpecification"):
            recovery = _recovery(new.get("PointInTimeRecoverySpecification") or {})
            call(
                context,
                "dynamodb",
                "UpdateContinuousBackups",
                TableName=name,
                PointInTimeRecoverySpecification=recovery,
            )
        if changed(old, new, "ResourcePolicy"):
            arn = call(context, "dynamodb", "DescribeTable", TableName=name)["Table"]["TableArn"]
            if policy := new.get("ResourcePolicy"):
                document = text(policy["PolicyDocument"])
                call(context, "dynamodb", "PutResourcePolicy", ResourceArn=arn, Policy=document)
            else:
                call(context, "dynamodb", "DeleteResourcePolicy", ResourceArn=arn)

    def _attributes(self, context: Context, name: str) -> dict[str, Any]:
        table = call(context, "dynamodb", "DescribeTable", TableName=name)["Table"]
        stream = {"StreamArn": table["LatestStreamArn"]} if table.get("StreamSpecification") else {}
        return {"Arn": table["TableArn"], **stream}


def _time_to_live(properties: Properties) -> dict[str, Any]:
    given = properties.get("TimeToLiveSpecification") or {}
    return dict(given) if boolean(given.get("Enabled", False)) is True else {}


def _recovery(specification: Mapping[str, Any]) -> dict[str, Any]:
    if boolean(specification.get("PointInTimeRecoveryEnabled", False)) is not True:
        return {"PointInTimeRecoveryEnabled": False}
    return {"RecoveryPeriodInDays": _RECOVERY_PERIOD, **specification}


def _encryption(specification: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if specification is None:
        return None
    words = {"SSEEnabled": "Enabled", "SSEType": "SSEType", "KMSMasterKeyId": "KMSMasterKeyId"}
    return {words[name]: value for name, value in specification.items()}


def _stream(properties: Properties) -> dict[str, Any] | None:
    specification = properties.get("StreamSpecification")
    return {"StreamEnabled": True, "StreamViewType": specification["StreamViewType"]} if specification else None
