"""The global secondary indexes of a table, as UpdateTable changes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.resources._common import pick
from embedded_aws.resources.handler import HandlerError, Properties

_KIND = ("KeySchema", "Projection")
_THROUGHPUT = ("ReadCapacityUnits", "WriteCapacityUnits")


@dataclass(frozen=True, kw_only=True)
class IndexUpdates:
    """Elements of GlobalSecondaryIndexUpdates.

    Args:
        updated: other throughputs of indexes that stay.
        created_or_deleted: one element at most.
    """

    updated: list[dict[str, Any]]
    created_or_deleted: list[dict[str, Any]]


def index_updates(table: Mapping[str, Any], properties: Properties) -> IndexUpdates:
    """What brings a table's indexes to the properties.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-table.html

    Args:
        table: as DescribeTable shows it.

    Raises:
        HandlerError: DynamoDB cannot make the change.
    """
    before = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes") or []}
    after = {index["IndexName"]: index for index in properties.get("GlobalSecondaryIndexes") or []}
    stay = [name for name in after if name in before]
    if other := [name for name in stay if pick(before[name], *_KIND) != pick(after[name], *_KIND)]:
        raise HandlerError(
            f"the keys and the projection of an index cannot be changed; give {', '.join(other)} another name"
        )
    deleted = [{"Delete": {"IndexName": name}} for name in before if name not in after]
    created = [{"Create": index} for name, index in after.items() if name not in before]
    if len(deleted) + len(created) > 1:
        raise HandlerError("Cannot perform more than one GSI creation or deletion in a single update")
    updated = [
        {"Update": pick(after[name], "IndexName", "ProvisionedThroughput")}
        for name in stay
        if "ProvisionedThroughput" in after[name] and _throughput(after[name]) != _throughput(before[name])
    ]
    return IndexUpdates(updated=updated, created_or_deleted=[*deleted, *created])


def _throughput(index: Mapping[str, Any]) -> dict[str, int]:
    given = index.get("ProvisionedThroughput") or {}
    return {name: int(given.get(name, 0)) for name in _THROUGHPUT}
