"""The cases of tables, catalogs and queries: DynamoDB, Glue, Athena."""

from __future__ import annotations

from typing import Any

from tests.embedded_aws.moto_server import ACCOUNT, REGION
from tests.embedded_aws.resources.cases_operations import policy, ref, resource, tags
from tests.embedded_aws.resources.harness import Case

KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/contract-one"
DATABASES = {
    name: resource("Glue::Database", CatalogId=ACCOUNT, DatabaseInput={"Name": name.lower()})
    for name in ("DatabaseOne", "DatabaseTwo")
}
COLUMNS = [{"Name": "a", "Type": "int"}]
KEY = [{"AttributeName": "id", "KeyType": "HASH"}]
SORTED = [*KEY, {"AttributeName": "at", "KeyType": "RANGE"}]
ALL = {"ProjectionType": "ALL"}


ATTRIBUTES = [
    {"AttributeName": "id", "AttributeType": "S"},
    {"AttributeName": "at", "AttributeType": "N"},
]
TABLE_DEFAULTS = {"BillingMode": "PROVISIONED", "DeletionProtectionEnabled": False, "TableClass": "STANDARD"}


def provisioned(units: int) -> dict[str, Any]:
    """A table and an index with as many units of capacity."""
    throughput = {"ReadCapacityUnits": units, "WriteCapacityUnits": units}
    index = {"IndexName": "reversed", "KeySchema": KEY, "Projection": ALL, "ProvisionedThroughput": throughput}
    return {
        "AttributeDefinitions": ATTRIBUTES[:1],
        "GlobalSecondaryIndexes": [index],
        "KeySchema": KEY,
        "ProvisionedThroughput": throughput,
    }


DATA_CASES = (
    Case(
        type="AWS::DynamoDB::Table",
        first={
            "AttributeDefinitions": ATTRIBUTES,
            "BillingMode": "PAY_PER_REQUEST",
            "DeletionProtectionEnabled": False,
            "GlobalSecondaryIndexes": [{"IndexName": "by-time", "KeySchema": SORTED, "Projection": ALL}],
            "KeySchema": SORTED,
            "LocalSecondaryIndexes": [{"IndexName": "local", "KeySchema": SORTED, "Projection": ALL}],
            "OnDemandThroughput": {"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 20},
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7},
            "ResourcePolicy": {"PolicyDocument": policy("dynamodb:GetItem")},
            "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY_ARN},
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
            "TableClass": "STANDARD_INFREQUENT_ACCESS",
            "TableName": "contract",
            "Tags": tags(a="1", b="1"),
            "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
        },
        changed={
            "AttributeDefinitions": ATTRIBUTES,
            "BillingMode": "PROVISIONED",
            "KeySchema": SORTED,
            "LocalSecondaryIndexes": [{"IndexName": "local", "KeySchema": SORTED, "Projection": ALL}],
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2},
            "StreamSpecification": {"StreamViewType": "KEYS_ONLY"},
            "TableName": "contract",
            "Tags": tags(a="2"),
        },
        replaced={
            "AttributeDefinitions": ATTRIBUTES[:1],
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": KEY,
            "TableName": "contract-other",
        },
        defaults=TABLE_DEFAULTS,
    ),
    Case(
        type="AWS::DynamoDB::Table",
        variant="with provisioned throughput",
        first={
            **provisioned(1),
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
            "TableName": "contract-provisioned",
        },
        changed={**provisioned(2), "TableName": "contract-provisioned"},
        replaced={**provisioned(1), "TableName": "contract-provisioned-other"},
        defaults=TABLE_DEFAULTS,
    ),
    Case(
        type="AWS::DynamoDB::GlobalTable",
        first={
            "AttributeDefinitions": ATTRIBUTES,
            "BillingMode": "PAY_PER_REQUEST",
            "GlobalSecondaryIndexes": [{"IndexName": "by-time", "KeySchema": SORTED, "Projection": ALL}],
            "KeySchema": SORTED,
            "LocalSecondaryIndexes": [{"IndexName": "local", "KeySchema": SORTED, "Projection": ALL}],
            "Replicas": [
                {
                    "DeletionProtectionEnabled": False,
                    "GlobalSecondaryIndexes": [{"IndexName": "by-time"}],
                    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
                    "Region": ref("AWS::Region"),
                    "ResourcePolicy": {"PolicyDocument": policy("dynamodb:GetItem")},
                    "SSESpecification": {"KMSMasterKeyId": KEY_ARN},
                    "TableClass": "STANDARD_INFREQUENT_ACCESS",
                    "Tags": tags(a="1", b="1"),
                }
            ],
            "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS"},
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
            "TableName": "contract",
            "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
        },
        changed={
            "AttributeDefinitions": ATTRIBUTES,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": SORTED,
            "LocalSecondaryIndexes": [{"IndexName": "local", "KeySchema": SORTED, "Projection": ALL}],
            "Replicas": [{"Region": ref("AWS::Region"), "Tags": tags(a="2")}],
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
            "TableName": "contract",
        },
        replaced={
            "AttributeDefinitions": ATTRIBUTES[:1],
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": KEY,
            "Replicas": [{"Region": ref("AWS::Region")}],
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
            "TableName": "contract-other",
        },
        unread=frozenset({"Replicas"}),
    ),
    Case(
        type="AWS::Glue::Database",
        first={
            "CatalogId": ACCOUNT,
            "DatabaseInput": {
                "Description": "one",
                "LocationUri": "s3://contract/one",
                "Name": "contract",
                "Parameters": {"a": "1"},
            },
        },
        changed={"CatalogId": ACCOUNT, "DatabaseInput": {"Description": "two", "Name": "contract"}},
    ),
    Case(
        type="AWS::Glue::Table",
        first={
            "CatalogId": ACCOUNT,
            "DatabaseName": ref("DatabaseOne"),
            "TableInput": {
                "Description": "one",
                "Name": "contract",
                "Owner": "team",
                "Parameters": {"classification": "csv"},
                "PartitionKeys": [{"Name": "day", "Type": "date"}],
                "Retention": 1,
                "StorageDescriptor": {"Columns": COLUMNS, "Location": "s3://contract/one"},
                "TableType": "EXTERNAL_TABLE",
                "ViewExpandedText": "select 1",
                "ViewOriginalText": "select 1",
            },
        },
        changed={
            "CatalogId": ACCOUNT,
            "DatabaseName": ref("DatabaseOne"),
            "TableInput": {"Name": "contract", "StorageDescriptor": {"Columns": [*COLUMNS, *COLUMNS]}},
        },
        replaced={
            "CatalogId": ACCOUNT,
            "DatabaseName": ref("DatabaseTwo"),
            "TableInput": {"Name": "other", "StorageDescriptor": {"Columns": COLUMNS}},
        },
        dependencies=DATABASES,
    ),
    Case(
        type="AWS::Glue::Crawler",
        first={
            "Classifiers": ["contract"],
            "Configuration": '{"Version": 1.0}',
            "CrawlerSecurityConfiguration": "contract",
            "DatabaseName": ref("DatabaseOne"),
            "Description": "one",
            "Name": "contract",
            "RecrawlPolicy": {"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"},
            "Role": ROLE_ARN,
            "Schedule": {"ScheduleExpression": "cron(0 1 * * ? *)"},
            "SchemaChangePolicy": {"DeleteBehavior": "LOG", "UpdateBehavior": "LOG"},
            "TablePrefix": "raw_",
            "Tags": {"a": "1", "b": "1"},
            "Targets": {"S3Targets": [{"Path": "s3://contract/one"}]},
        },
        changed={
            "Name": "contract",
            "Role": ROLE_ARN,
            "Tags": {"a": "2"},
            "Targets": {"CatalogTargets": [{"DatabaseName": ref("DatabaseTwo"), "Tables": ["one"]}]},
        },
        replaced={
            "DatabaseName": ref("DatabaseTwo"),
            "Name": "contract-other",
            "Role": ROLE_ARN,
            "Targets": {"S3Targets": [{"Path": "s3://contract/two"}]},
        },
        dependencies=DATABASES,
        derived=frozenset({"RecrawlPolicy", "SchemaChangePolicy"}),
    ),
    Case(
        type="AWS::Glue::Job",
        first={
            "AllocatedCapacity": 2,
            "Command": {"Name": "glueetl", "PythonVersion": "3", "ScriptLocation": "s3://contract/one.py"},
            "Connections": {"Connections": ["contract"]},
            "DefaultArguments": {"--a": "1"},
            "Description": "one",
            "ExecutionClass": "FLEX",
            "ExecutionProperty": {"MaxConcurrentRuns": 2},
            "GlueVersion": "5.0",
            "JobMode": "SCRIPT",
            "JobRunQueuingEnabled": True,
            "LogUri": "s3://contract/logs",
            "MaintenanceWindow": "Sun:1",
            "MaxCapacity": 2.0,
            "MaxRetries": 1,
            "Name": "contract",
            "NonOverridableArguments": {"--b": "1"},
            "NotificationProperty": {"NotifyDelayAfter": 10},
            "NumberOfWorkers": 2,
            "Role": ROLE_ARN,
            "SecurityConfiguration": "contract",
            "Tags": {"a": "1", "b": "1"},
            "Timeout": 60,
            "WorkerType": "G.1X",
        },
        changed={
            "Command": {"Name": "pythonshell", "ScriptLocation": "s3://contract/two.py"},
            "Name": "contract",
            "Role": ROLE_ARN,
            "Tags": {"a": "2"},
        },
        replaced={"Command": {"Name": "glueetl"}, "Name": "contract-other", "Role": ROLE_ARN},
        defaults={"ExecutionClass": "STANDARD"},
    ),
    Case(
        type="AWS::Glue::Trigger",
        first={
            "Actions": [{"JobName": "one", "Arguments": {"--a": "1"}}],
            "Description": "one",
            "Name": "contract",
            "Schedule": "cron(0 1 * * ? *)",
            "StartOnCreation": True,
            "Tags": {"a": "1", "b": "1"},
            "Type": "SCHEDULED",
        },
        changed={
            "Actions": [{"CrawlerName": "two"}],
            "Name": "contract",
            "Schedule": "cron(0 2 * * ? *)",
            "Tags": {"a": "2"},
            "Type": "SCHEDULED",
        },
        replaced={
            "Actions": [{"JobName": "two"}],
            "EventBatchingCondition": {"BatchSize": 1, "BatchWindow": 60},
            "Name": "contract-other",
            "Predicate": {
                "Conditions": [{"JobName": "one", "LogicalOperator": "EQUALS", "State": "SUCCEEDED"}],
                "Logical": "AND",
            },
            "Type": "CONDITIONAL",
            "WorkflowName": "contract",
        },
        defaults={"StartOnCreation": False},
    ),
    Case(
        type="AWS::Glue::SecurityConfiguration",
        first={
            "EncryptionConfiguration": {
                "CloudWatchEncryption": {"CloudWatchEncryptionMode": "SSE-KMS", "KmsKeyArn": KEY_ARN},
                "JobBookmarksEncryption": {"JobBookmarksEncryptionMode": "CSE-KMS", "KmsKeyArn": KEY_ARN},
                "S3Encryptions": [{"KmsKeyArn": KEY_ARN, "S3EncryptionMode": "SSE-KMS"}],
            },
            "Name": "contract",
        },
        changed={
            "EncryptionConfiguration": {"S3Encryptions": [{"S3EncryptionMode": "SSE-S3"}]},
            "Name": "contract",
        },
        replaced={
            "EncryptionConfiguration": {"S3Encryptions": [{"S3EncryptionMode": "SSE-S3"}]},
            "Name": "contract-other",
        },
    ),
    Case(
        type="AWS::Athena::WorkGroup",
        first={
            "Description": "one",
            "Name": "contract",
            "RecursiveDeleteOption": True,
            "State": "DISABLED",
            "Tags": tags(a="1", b="1"),
            "WorkGroupConfiguration": {
                "BytesScannedCutoffPerQuery": 20000000,
                "EngineVersion": {"SelectedEngineVersion": "Athena engine version 2"},
                "EnforceWorkGroupConfiguration": False,
                "PublishCloudWatchMetricsEnabled": True,
                "RequesterPaysEnabled": True,
                "ResultConfiguration": {
                    "OutputLocation": "s3://contract/one/",
                    "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"},
                },
            },
        },
        changed={
            "Description": "two",
            "Name": "contract",
            "Tags": tags(a="2"),
            "WorkGroupConfiguration": {
                "EngineVersion": {"SelectedEngineVersion": "AUTO"},
                "EnforceWorkGroupConfiguration": True,
                "PublishCloudWatchMetricsEnabled": False,
                "RequesterPaysEnabled": False,
                "ResultConfiguration": {"OutputLocation": "s3://contract/two/"},
            },
        },
        replaced={
            "Name": "contract-other",
            "WorkGroupConfiguration": {
                "EngineVersion": {"SelectedEngineVersion": "AUTO"},
                "EnforceWorkGroupConfiguration": True,
                "PublishCloudWatchMetricsEnabled": False,
                "RequesterPaysEnabled": False,
            },
        },
        defaults={"State": "ENABLED"},
        unread=frozenset({"RecursiveDeleteOption"}),
    ),
    Case(
        type="AWS::Athena::NamedQuery",
        first={
            "Database": "default",
            "Description": "one",
            "Name": "contract",
            "QueryString": "select 1",
            "WorkGroup": "primary",
        },
        replaced={"Database": "default", "Name": "contract-other", "QueryString": "select 2"},
        defaults={"WorkGroup": "primary"},
    ),
    Case(
        type="AWS::Athena::DataCatalog",
        first={
            "Description": "one",
            "Name": "contract",
            "Parameters": {"catalog-id": ACCOUNT},
            "Tags": tags(a="1", b="1"),
            "Type": "GLUE",
        },
        changed={"Name": "contract", "Parameters": {"function": "one"}, "Tags": tags(a="2"), "Type": "LAMBDA"},
        replaced={"Name": "contract-other", "Parameters": {"catalog-id": ACCOUNT}, "Type": "GLUE"},
    ),
)
