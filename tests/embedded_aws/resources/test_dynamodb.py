"""What a DynamoDB table refuses, and where the settings of a global table's replica go."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation.errors import CloudFormationError
from tests.embedded_aws.resources.cases_data import ALL, ATTRIBUTES, KEY, KEY_ARN, SORTED
from tests.embedded_aws.resources.cases_operations import tags
from tests.embedded_aws.resources.harness import SUBJECT, Driver


def table(*indexes: str, keys: list[dict[str, str]] = KEY) -> dict[str, Any]:
    """A stack's only resource: a table with these indexes."""
    properties: dict[str, Any] = {
        "AttributeDefinitions": ATTRIBUTES if keys == SORTED else ATTRIBUTES[:1],
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": KEY,
        "TableName": "contract-indexes",
    }
    if indexes:
        properties["GlobalSecondaryIndexes"] = [
            {"IndexName": name, "KeySchema": keys, "Projection": ALL} for name in indexes
        ]
    return {SUBJECT: {"Type": "AWS::DynamoDB::Table", "Properties": properties}}


def indexes(driver: Driver) -> list[str]:
    described = driver.services("dynamodb").describe_table(TableName="contract-indexes")["Table"]
    return [each["IndexName"] for each in described["GlobalSecondaryIndexes"]]


def test_one_index_is_created_or_deleted_at_a_time(driver: Driver) -> None:
    assert driver.apply(table("one")) == "CREATE_COMPLETE", driver.reasons()
    assert driver.apply(table("two")) == "UPDATE_ROLLBACK_COMPLETE"
    assert any("more than one GSI creation or deletion in a single update" in reason for reason in driver.reasons())
    assert driver.apply(table("one", "two")) == "UPDATE_COMPLETE", driver.reasons()
    assert driver.apply(table("two")) == "UPDATE_COMPLETE", driver.reasons()
    assert indexes(driver) == ["two"]


def test_an_index_keeps_its_keys(driver: Driver) -> None:
    assert driver.apply(table("one")) == "CREATE_COMPLETE", driver.reasons()
    assert driver.apply(table("one", keys=SORTED)) == "UPDATE_ROLLBACK_COMPLETE"
    assert any("give one another name" in reason for reason in driver.reasons())
    assert indexes(driver) == ["one"]


def test_a_protected_table_is_not_deleted(driver: Driver) -> None:
    resources = table()
    resources[SUBJECT]["Properties"]["DeletionProtectionEnabled"] = True
    assert driver.apply(resources) == "CREATE_COMPLETE", driver.reasons()
    assert driver.delete() == "DELETE_FAILED"
    resources[SUBJECT]["Properties"]["DeletionProtectionEnabled"] = False
    named = {"TableName": "contract-indexes", "DeletionProtectionEnabled": False}
    driver.services("dynamodb").update_table(**named)
    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()


def global_table(*regions: Any, **replica: Any) -> dict[str, Any]:
    properties = {
        "AttributeDefinitions": ATTRIBUTES[:1],
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": KEY,
        "Replicas": [{"Region": region, **replica} for region in regions],
        "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS"},
        "TableName": "contract-global",
    }
    return {SUBJECT: {"Type": "AWS::DynamoDB::GlobalTable", "Properties": properties}}


def test_the_settings_of_the_replica_are_the_tables(driver: Driver) -> None:
    settings = {
        "DeletionProtectionEnabled": True,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {"KMSMasterKeyId": KEY_ARN},
        "TableClass": "STANDARD_INFREQUENT_ACCESS",
        "Tags": tags(a="1"),
    }
    here = {"Ref": "AWS::Region"}
    assert driver.apply(global_table(here, **settings)) == "CREATE_COMPLETE", driver.reasons()
    dynamodb = driver.services("dynamodb")
    named = {"TableName": "contract-global"}
    shown = dynamodb.describe_table(**named)["Table"]
    backups = dynamodb.describe_continuous_backups(**named)["ContinuousBackupsDescription"]
    assert shown["DeletionProtectionEnabled"] is True
    assert shown["SSEDescription"]["KMSMasterKeyArn"] == KEY_ARN
    assert shown["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert dynamodb.list_tags_of_resource(ResourceArn=shown["TableArn"])["Tags"] == tags(a="1")
    assert driver.subject.attributes["TableId"] == shown["TableId"]

    assert driver.apply(global_table(here)) == "UPDATE_COMPLETE", driver.reasons()
    shown = dynamodb.describe_table(**named)["Table"]
    assert not shown["DeletionProtectionEnabled"]
    assert shown["TableClassSummary"]["TableClass"] == "STANDARD"


def test_a_second_replica_is_refused_before_anything_is_made(driver: Driver) -> None:
    with pytest.raises(CloudFormationError, match="Replicas after the first"):
        driver.apply(global_table({"Ref": "AWS::Region"}, "us-east-1"))
    assert driver.engine.find("contract") is None


def test_a_replica_of_another_region_is_refused(driver: Driver) -> None:
    assert driver.apply(global_table("us-east-1")) == "ROLLBACK_COMPLETE"
    assert any("in the stack's region only" in reason for reason in driver.reasons())
    assert driver.services("dynamodb").list_tables()["TableNames"] == []
