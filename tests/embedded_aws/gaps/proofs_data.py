"""The proofs of the gaps in DynamoDB and Glue."""

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


@proves("DynamoDBBackend.tag_resource")
def a_tag_gets_another_value(services: Services, name: str) -> None:
    dynamodb = services("dynamodb")
    arn = dynamodb.describe_table(**table(services, name))["Table"]["TableArn"]
    for value in ("1", "2"):
        dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": value}])
    assert dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "2"}]


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


ROLE = f"arn:aws:iam::{ACCOUNT}:role/contract"
COMMAND = {"Name": "glueetl", "ScriptLocation": "s3://contract/one.py"}
TAGS = {"a": "1"}


def tags(services: Services, kind: str, name: str) -> dict[str, str]:
    arn = f"arn:aws:glue:{REGION}:{ACCOUNT}:{kind}/{name}"
    shown: dict[str, str] = services("glue").get_tags(ResourceArn=arn)["Tags"]
    return shown


@proves("GlueResponse.create_job", "FakeJob.as_dict", "GlueResponse.update_job", "GlueBackend.delete_job")
def a_job_is_kept_changed_and_deleted(services: Services, name: str) -> None:
    glue = services("glue")
    given = {"Role": ROLE, "Command": COMMAND}
    glue.create_job(Name=name, **given, JobRunQueuingEnabled=True, Description="one", Tags=TAGS)
    assert glue.get_job(JobName=name)["Job"]["JobRunQueuingEnabled"] is True
    glue.update_job(JobName=name, JobUpdate={**given, "JobMode": "SCRIPT", "GlueVersion": "5.0"})
    shown = glue.get_job(JobName=name)["Job"]
    assert (shown["JobMode"], shown["GlueVersion"], shown["ExecutionClass"]) == ("SCRIPT", "5.0", "STANDARD")
    assert not {"Description", "JobRunQueuingEnabled"} & {*shown}
    refused("EntityNotFoundException", glue.update_job, JobName=f"{name}-other", JobUpdate=given)
    glue.delete_job(JobName=name)
    assert tags(services, "job", name) == {}


@proves("GlueResponse.update_crawler", "GlueBackend.delete_crawler")
def a_crawler_is_changed_and_deleted(services: Services, name: str) -> None:
    glue = services("glue")
    targets = {"S3Targets": [{"Path": "s3://contract/one"}]}
    glue.create_crawler(Name=name, Role=ROLE, Targets=targets, Description="one", TablePrefix="raw_", Tags=TAGS)
    glue.update_crawler(Name=name, Description="", Schedule="cron(0 1 * * ? *)")
    shown = glue.get_crawler(Name=name)["Crawler"]
    assert (shown["Description"], shown["TablePrefix"], shown["Version"]) == ("", "raw_", 2)
    assert shown["Schedule"]["ScheduleExpression"] == "cron(0 1 * * ? *)"
    refused("EntityNotFoundException", glue.update_crawler, Name=f"{name}-other", Description="two")
    glue.start_crawler(Name=name)
    refused("CrawlerRunningException", glue.update_crawler, Name=name, Description="two")
    glue.delete_crawler(Name=name)
    assert tags(services, "crawler", name) == {}


@proves("GlueResponse.update_trigger", "GlueBackend.delete_trigger")
def a_trigger_is_changed_and_deleted(services: Services, name: str) -> None:
    glue = services("glue")
    glue.create_trigger(Name=name, Type="ON_DEMAND", Actions=[{"JobName": "one"}], Description="one", Tags=TAGS)
    glue.update_trigger(Name=name, TriggerUpdate={"Actions": [{"CrawlerName": "two"}]})
    shown = glue.get_trigger(Name=name)["Trigger"]
    assert shown["Actions"][0]["CrawlerName"] == "two"
    assert "Description" not in shown
    refused("EntityNotFoundException", glue.update_trigger, Name=f"{name}-other", TriggerUpdate={})
    glue.delete_trigger(Name=name)
    assert tags(services, "trigger", name) == {}


@proves("Predicate.__init__")
def a_trigger_waits_for_one_job(services: Services, name: str) -> None:
    glue = services("glue")
    condition = {"JobName": "one", "LogicalOperator": "EQUALS", "State": "SUCCEEDED"}
    predicate = {"Conditions": [condition]}
    glue.create_trigger(Name=name, Type="CONDITIONAL", Actions=[{"JobName": "two"}], Predicate=predicate)
    assert glue.get_trigger(Name=name)["Trigger"]["Predicate"]["Conditions"] == [condition]
