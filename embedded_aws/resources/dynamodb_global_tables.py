"""AWS::DynamoDB::GlobalTable, as a table in the stack's region."""

from __future__ import annotations

from typing import Any, ClassVar

from embedded_aws.resources._common import call, pick
from embedded_aws.resources.dynamodb import Table
from embedded_aws.resources.handler import Context, HandlerError, Properties, handler


@handler
class GlobalTable(Table):
    """What CDK's TableV2 makes: a table whose replicas are listed with their settings, here one replica."""

    type_name = "AWS::DynamoDB::GlobalTable"
    SAME: ClassVar[tuple[str, ...]] = (
        "AttributeDefinitions",
        "BillingMode",
        "GlobalSecondaryIndexes",
        "KeySchema",
        "LocalSecondaryIndexes",
        "StreamSpecification",
        "TableName",
        "TimeToLiveSpecification",
    )
    OF_REPLICA: ClassVar[tuple[str, ...]] = (
        "DeletionProtectionEnabled",
        "PointInTimeRecoverySpecification",
        "ResourcePolicy",
        "TableClass",
        "Tags",
    )
    supported = frozenset(
        {
            *(name for name in SAME if name != "GlobalSecondaryIndexes"),
            *(f"GlobalSecondaryIndexes.{name}" for name in ("IndexName", "KeySchema", "Projection")),
            "Replicas.GlobalSecondaryIndexes.IndexName",
            "Replicas.Region",
            "Replicas.SSESpecification",
            "SSESpecification",
            *(f"Replicas.{name}" for name in OF_REPLICA),
        }
    )

    def unsupported(self, properties: Properties) -> tuple[str, ...]:
        replicas = properties.get("Replicas")
        several = ("Replicas after the first",) if isinstance(replicas, list) and len(replicas) > 1 else ()
        return (*super().unsupported(properties), *several)

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        return super().create(context, self._as_table(context, properties))

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        return super().update(context, physical_id, self._as_table(context, old), self._as_table(context, new))

    def _as_table(self, context: Context, properties: Properties) -> dict[str, Any]:
        """The properties in the words of AWS::DynamoDB::Table."""
        (replica,) = properties["Replicas"]
        if replica["Region"] != context.region:
            raise HandlerError(f"the embedded AWS makes the replica in the stack's region only: {context.region}")
        encryption = {**properties.get("SSESpecification", {}), **replica.get("SSESpecification", {})}
        return {
            **pick(properties, *self.SAME),
            **pick(replica, *self.OF_REPLICA),
            **({"SSESpecification": encryption} if encryption else {}),
        }

    def _attributes(self, context: Context, name: str) -> dict[str, Any]:
        table = call(context, "dynamodb", "DescribeTable", TableName=name)["Table"]
        return {**super()._attributes(context, name), "TableId": table["TableId"]}
