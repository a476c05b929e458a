"""Queues, event buses and tables under the guard: their policies, their keys, and calls that name several of them."""

from __future__ import annotations

from typing import Any

import pytest

import embedded_aws as aws
from tests.embedded_aws.iam.ground import (
    REGION,
    Client,
    administrator,
    allow,
    deny,
    document,
    make_role,
    refusal,
    session,
)

HERE = f"{REGION}:{aws.ACCOUNT}"


@pytest.fixture(scope="module")
def client(embedded_aws: aws.Server) -> Client:
    return administrator(embedded_aws)


def queue(client: Client, name: str, **attributes: str) -> str:
    url: str = client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url


def to_everybody(statement: Any) -> dict[str, Any]:
    return {**statement, "Principal": "*"}


def test_a_queues_policy_lets_in_and_keeps_out(embedded_aws: aws.Server, client: Client) -> None:
    arn = f"arn:aws:sqs:{HERE}:guard-queue"
    url = queue(client, "guard-queue")
    role = session(embedded_aws, make_role(client, "guard-queue", allow("sqs:SendMessage", arn)))
    sqs = role.client("sqs")
    message = {"QueueUrl": url, "MessageBody": "m"}
    batch = [{"Id": "one", "MessageBody": "m"}]
    assert refusal(lambda: sqs.send_message(**message)) is None
    assert refusal(lambda: sqs.send_message_batch(QueueUrl=url, Entries=batch)) is None
    assert "sqs:ReceiveMessage" in (refusal(lambda: sqs.receive_message(QueueUrl=url)) or "")

    policy = document(to_everybody(allow("sqs:ReceiveMessage", arn)), to_everybody(deny("sqs:SendMessage", arn)))
    client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    assert refusal(lambda: sqs.receive_message(QueueUrl=url)) is None
    assert "explicit deny in a resource-based policy" in (refusal(lambda: sqs.send_message(**message)) or "")


def test_the_key_of_a_queue_is_used_with_the_senders_permissions(embedded_aws: aws.Server, client: Client) -> None:
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    url = queue(client, "guard-encrypted", KmsMasterKeyId=key)
    anything = allow("sqs:*", "*")
    without = session(embedded_aws, make_role(client, "guard-without-key", anything)).client("sqs")
    both = allow(["kms:GenerateDataKey", "kms:Decrypt"], key)
    with_key = session(embedded_aws, make_role(client, "guard-with-key", anything, both)).client("sqs")
    assert refusal(lambda: with_key.send_message(QueueUrl=url, MessageBody="m")) is None
    assert refusal(lambda: with_key.receive_message(QueueUrl=url)) is None
    assert "kms:GenerateDataKey" in (refusal(lambda: without.send_message(QueueUrl=url, MessageBody="m")) or "")
    assert "kms:Decrypt" in (refusal(lambda: without.receive_message(QueueUrl=url)) or "")


def test_each_event_needs_its_own_bus(embedded_aws: aws.Server, client: Client) -> None:
    for name in ("guard-one", "guard-two"):
        client("events").create_event_bus(Name=name)
    one = f"arn:aws:events:{HERE}:event-bus/guard-one"
    events = session(embedded_aws, make_role(client, "guard-events", allow("events:PutEvents", one))).client("events")

    def put(*buses: str) -> str | None:
        entries = [{"Source": "s", "DetailType": "d", "Detail": "{}", "EventBusName": bus} for bus in buses]
        return refusal(lambda: events.put_events(Entries=entries))

    assert put("guard-one", one) is None
    assert "event-bus/guard-two" in (put("guard-one", "guard-two") or "")
    assert "event-bus/default" in (put("default") or "")
    two = f"arn:aws:events:{HERE}:event-bus/guard-two"
    statement = {**to_everybody(allow("events:PutEvents", two)), "Sid": "everybody"}
    client("events").put_permission(EventBusName="guard-two", Policy=document(statement))
    assert put("guard-one", "guard-two") is None


def table(client: Client, name: str) -> str:
    """A table with an index; its ARN."""
    key = [{"AttributeName": "id", "KeyType": "HASH"}]
    index = {"IndexName": "index", "KeySchema": key, "Projection": {"ProjectionType": "ALL"}}
    made = client("dynamodb").create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[index],
        KeySchema=key,
    )
    return str(made["TableDescription"]["TableArn"])


ITEM = {"id": {"S": "1"}}


def test_every_table_of_a_call_is_asked_for(embedded_aws: aws.Server, client: Client) -> None:
    one, _ = table(client, "guard-one"), table(client, "guard-two")
    may = allow(["dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:Query"], one)
    dynamodb = session(embedded_aws, make_role(client, "guard-tables", may)).client("dynamodb")

    def write(*tables: str) -> str | None:
        items = {name: [{"PutRequest": {"Item": ITEM}}] for name in tables}
        return refusal(lambda: dynamodb.batch_write_item(RequestItems=items))

    def transact(kind: str, **element: Any) -> str | None:
        return refusal(lambda: dynamodb.transact_write_items(TransactItems=[{kind: element}]))

    def query(**index: str) -> str | None:
        values = {":id": {"S": "1"}}
        asked = {"KeyConditionExpression": "id = :id", "ExpressionAttributeValues": values}
        return refusal(lambda: dynamodb.query(TableName="guard-one", **asked, **index))

    assert write("guard-one") is None
    assert "table/guard-two" in (write("guard-one", "guard-two") or "")
    assert transact("Put", TableName="guard-one", Item=ITEM) is None
    assert "dynamodb:DeleteItem" in (transact("Delete", TableName="guard-one", Key=ITEM) or "")
    assert query() is None
    assert "table/guard-one/index/index" in (query(IndexName="index") or "")

    statement = to_everybody(allow("dynamodb:Query", f"{one}/index/index"))
    client("dynamodb").put_resource_policy(ResourceArn=one, Policy=document(statement))
    assert query(IndexName="index") is None
