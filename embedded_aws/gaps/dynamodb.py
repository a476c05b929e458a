"""DynamoDB."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from moto.dynamodb.exceptions import (
    MockValidationException,
    ResourceNotFoundException,
    StreamAlreadyEnabledException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler, DynamoResult

from embedded_aws.gaps._registry import fills

_create = DynamoHandler.create_table
_tag = DynamoDBBackend.tag_resource
_update = DynamoHandler.update_table
_delete = DynamoDBBackend.delete_table
_describe = Table.describe
_update_indexes = DynamoDBBackend.update_table_global_indexes
_SETTINGS = "the table's class and its limit of on-demand throughput"


@fills(
    DynamoDBBackend,
    "tag_resource",
    service="dynamodb",
    what="TagResource with a key that the table has already",
    why="moto lists the key twice",
)
def tag_resource(self: Any, arn: str, tags: dict[str, str]) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html"""
    self.untag_resource(arn, list(tags))
    _tag(self, arn, tags)


@fills(DynamoHandler, "create_table", service="dynamodb", what=f"CreateTable with {_SETTINGS}", why="moto drops them")
def create_table(self: Any) -> Any:
    _create(self)
    return _with_settings(self)


@fills(
    DynamoHandler,
    "update_table",
    service="dynamodb",
    what=f"UpdateTable of {_SETTINGS}, and of the encryption",
    why="moto drops them",
)
def update_table(self: Any) -> Any:
    _update(self)
    if encryption := self.body.get("SSESpecification"):
        table = self.dynamodb_backend.get_table(self.body["TableName"])
        default = None if "KMSMasterKeyId" in encryption else table._get_default_encryption_key
        key = default(table.account_id, table.region_name) if default else encryption["KMSMasterKeyId"]
        table.sse_specification = {**encryption, "KMSMasterKeyId": key}
    return _with_settings(self)


def _with_settings(response: Any) -> Any:
    table = response.dynamodb_backend.get_table(response.body["TableName"])
    for name, kept in (("TableClass", "table_class"), ("OnDemandThroughput", "on_demand_throughput")):
        if name in response.body:
            setattr(table, kept, response.body[name])
    return DynamoResult(table.describe())


@fills(
    Table,
    "describe",
    service="dynamodb",
    what=f"DescribeTable with {_SETTINGS}, and with its id",
    why="moto does not show them",
)
def describe(self: Any, base_key: str = "TableDescription") -> dict[str, Any]:
    shown: dict[str, Any] = _describe(self, base_key)
    description = shown[base_key]
    description["TableId"] = str(uuid5(NAMESPACE_URL, f"{self.table_arn}/{self.created_at.isoformat()}"))
    if table_class := getattr(self, "table_class", None):
        description["TableClassSummary"] = {"TableClass": table_class}
    if limit := getattr(self, "on_demand_throughput", None):
        description["OnDemandThroughput"] = limit
    return shown


@fills(
    DynamoDBBackend,
    "update_table_global_indexes",
    service="dynamodb",
    what="UpdateTable of an index's throughput, and its refusals in words",
    why="moto fails with a 500",
)
def update_table_global_indexes(self: Any, table: Any, global_index_updates: list[dict[str, Any]]) -> None:
    # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
    for index in table.global_indexes:
        index.warm_throughput = index.warm_throughput or {}
    try:
        _update_indexes(self, table, global_index_updates)
    except ValueError as error:
        if "does not exist" in str(error):
            raise ResourceNotFoundException(str(error)) from error
        raise MockValidationException(str(error)) from error


@fills(
    DynamoDBBackend,
    "update_table_streams",
    service="dynamodb",
    what="UpdateTable, which enables a stream again after it was disabled",
    why="moto refuses it",
)
def update_table_streams(self: Any, table: Any, stream_specification: dict[str, Any]) -> None:
    enabled = (table.stream_specification or {}).get("StreamEnabled")
    if enabled and stream_specification.get("StreamEnabled"):
        raise StreamAlreadyEnabledException
    table.set_stream_specification(stream_specification)


@fills(
    DynamoDBBackend,
    "delete_table",
    service="dynamodb",
    what="DeleteTable, with the table's policy",
    why="moto keeps the policy, for the next table of this name",
)
def delete_table(self: Any, name: str) -> Any:
    table = _delete(self, name)
    self.resource_policies.pop(table.table_arn, None)
    return table
