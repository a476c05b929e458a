"""What a call to DynamoDB asks for: an action on a table or on its index, for each table that it names."""

from __future__ import annotations

from collections.abc import Iterator

from embedded_aws.iam.actions import action_name
from embedded_aws.iam.api_call import Call
from embedded_aws.iam.permission_check import PermissionCheck
from embedded_aws.iam.resources import AccountRegion, named
from embedded_aws.iam.services.condition_keys import keys_of

_BATCH = frozenset({"BatchGetItem", "BatchWriteItem"})
# What an element of a transaction is allowed by.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
_IN_TRANSACTION = {
    "ConditionCheck": "ConditionCheckItem",
    "Delete": "DeleteItem",
    "Get": "GetItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
}


def checks(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    """The actions, each on its table."""
    told = keys_of("dynamodb", call.parameters)
    asked = dict.fromkeys(_asked(call, place))
    return [PermissionCheck(action=f"dynamodb:{action}", resource=table, context=told) for action, table in asked]


def _asked(call: Call, place: AccountRegion) -> Iterator[tuple[str, str | None]]:
    if call.operation in _BATCH:
        for table in call.parameters.get("RequestItems", {}):
            yield action_name(call), _arn(table, place)
    elif call.operation.startswith("Transact"):
        for item in call.parameters.get("TransactItems", []):
            for kind, element in item.items():
                yield _IN_TRANSACTION[kind], _arn(element["TableName"], place)
    else:
        action = action_name(call)
        for resource in named("dynamodb", action, call.parameters, place):
            yield action, resource


def _arn(table: str, place: AccountRegion) -> str:
    return table if table.startswith("arn:") else place.arn("dynamodb", f"table/{table}")
