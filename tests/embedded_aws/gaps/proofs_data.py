"""The proofs of the gaps in DynamoDB."""

from __future__ import annotations

import json
from typing import Any

from tests.embedded_aws.gaps.proofs import proves, refused
from tests.embedded_aws.moto_server import ACCOUNT, REGION, Services

KEY = [{"AttributeName": "id", "KeyType": "HASH"}]
ATTRIBUTES = [{"AttributeName": "id", "AttributeType": "S"}]
UNITS = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
INDEX = {"IndexName": "index", "KeySchema": KEY, "Projection": {"ProjectionType": "ALL"}}


def table(services: Services, name: str, **settings: Any) -> dict[str, str]:
    """A table on demand; the argument that names it."""
    given = {"AttributeDefinitions": ATTRIBUTES, "KeySchema": KEY, "BillingMode": "PAY_PER_REQUEST", **settings}
    services("dynamodb").create_table(TableName=name, **given)
    return {"TableName": name}


@proves("DynamoHandler.create_table", "DynamoHandler.update_table", "Table.describe")
def a_table_keeps_its_class_its_limit_and_its_encryption(services: Services, name: str) -> None:
    dynamodb = services("dynamodb")
    limit = {"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 20}
    named = table(services, name, TableClass="STANDARD_INFREQUENT_ACCESS", OnDemandThroughput=limit)
    shown = dynamodb.describe_table(**named)["Table"]
    assert shown["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert shown["OnDemandThroughput"] == limit
    assert len(shown["TableId"]) == 36
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/one"
    encrypted = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    dynamodb.update_table(**named, TableClass="STANDARD", SSESpecification=encrypted)
    shown = dynamodb.describe_table(**named)["Table"]
    assert shown["TableClassSummary"]["TableClass"] == "STANDARD"
    assert shown["SSEDescription"]["KMSMasterKeyArn"] == key
    dynamodb.update_table(**named, SSESpecification={"Enabled": True})
    assert ":key/" in dynamodb.describe_table(**named)["Table"]["SSEDescription"]["KMSMasterKeyArn"]
    dynamodb.update_table(**named, SSESpecification={"Enabled": False})
    assert "SSEDescription" not in dynamodb.describe_table(**named)["Table"]


@proves("DynamoDBBackend.update_table_global_indexes")
def an_index_gets_another_throughput(services: Services, name: str) -> None:
    dynamodb = services("dynamodb")
    index = {**INDEX, "ProvisionedThroughput": UNITS}
    named = table(
        services, name, BillingMode="PROVISIONED", ProvisionedThroughput=UNITS, GlobalSecondaryIndexes=[index]
    )
    more = {"ReadCapacityUnits": 2, "WriteCapacityUnits": 3}
    update = {"Update": {"IndexName": "index", "ProvisionedThroughput": more}}
    dynamodb.update_table(**named, GlobalSecondaryIndexUpdates=[update])
    (shown,) = dynamodb.describe_table(**named)["Table"]["GlobalSecondaryIndexes"]
    assert shown["ProvisionedThroughput"]["WriteCapacityUnits"] == 3
    unknown = [{"Delete": {"IndexName": "other"}}]
    refused("ResourceNotFoundException", dynamodb.update_table, **named, GlobalSecondaryIndexUpdates=unknown)
    twice = [{"Create": index}]
    refused("ValidationException", dynamodb.update_table, **named, GlobalSecondaryIndexUpdates=twice)


@proves("DynamoDBBackend.update_table_streams")
def a_stream_is_enabled_again(services: Services, name: str) -> None:
    dynamodb = services("dynamodb")
    enabled = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    named = table(services, name, StreamSpecification=enabled)
    first = dynamodb.describe_table(**named)["Table"]["LatestStreamArn"]
    refused("ResourceInUseException", dynamodb.update_table, **named, StreamSpecification=enabled)
    dynamodb.update_table(**named, StreamSpecification={"StreamEnabled": False})
    dynamodb.update_table(**named, StreamSpecification=enabled)
    shown = dynamodb.describe_table(**named)["Table"]
    assert shown["StreamSpecification"] == enabled
    assert shown["LatestStreamArn"] != first


@proves("DynamoDBBackend.delete_table")
def a_table_takes_its_policy_with_it(services: Services, name: str) -> None:
    dynamodb = services("dynamodb")
    named = table(services, name)
    arn = dynamodb.describe_table(**named)["Table"]["TableArn"]
    statement = {"Effect": "Deny", "Principal": "*", "Action": "dynamodb:*", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=policy)
    assert json.loads(dynamodb.get_resource_policy(ResourceArn=arn)["Policy"])["Statement"] == [statement]
    dynamodb.delete_table(**named)
    table(services, name)
    refused("PolicyNotFoundException", dynamodb.get_resource_policy, ResourceArn=arn)
