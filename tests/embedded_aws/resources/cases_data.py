"""The cases of tables, catalogs and queries: DynamoDB, Glue, Athena."""

from __future__ import annotations

from tests.embedded_aws.moto_server import ACCOUNT, REGION
from tests.embedded_aws.resources.cases_operations import ref, resource, tags
from tests.embedded_aws.resources.harness import Case

KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
DATABASES = {
    name: resource("Glue::Database", CatalogId=ACCOUNT, DatabaseInput={"Name": name.lower()})
    for name in ("DatabaseOne", "DatabaseTwo")
}
COLUMNS = [{"Name": "a", "Type": "int"}]
KEY = [{"AttributeName": "id", "KeyType": "HASH"}]
SORTED = [*KEY, {"AttributeName": "at", "KeyType": "RANGE"}]
ALL = {"ProjectionType": "ALL"}


DATA_CASES = (
    Case(
        type="AWS::DynamoDB::Table",
        first={
            "AttributeDefinitions": [
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "at", "AttributeType": "N"},
            ],
            "BillingMode": "PAY_PER_REQUEST",
            "DeletionProtectionEnabled": False,
            "GlobalSecondaryIndexes": [{"IndexName": "by-time", "KeySchema": SORTED, "Projection": ALL}],
            "KeySchema": SORTED,
            "LocalSecondaryIndexes": [{"IndexName": "local", "KeySchema": SORTED, "Projection": ALL}],
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY_ARN},
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
            "TableName": "contract",
            "Tags": tags(a="1", b="1"),
            "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
        },
        changed={
            "AttributeDefinitions": [
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "at", "AttributeType": "N"},
            ],
            "BillingMode": "PROVISIONED",
            "GlobalSecondaryIndexes": [{"IndexName": "by-time", "KeySchema": SORTED, "Projection": ALL}],
            "KeySchema": SORTED,
            "LocalSecondaryIndexes": [{"IndexName": "local", "KeySchema": SORTED, "Projection": ALL}],
            "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY_ARN},
            "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2},
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
            "TableName": "contract",
            "Tags": tags(a="2"),
        },
        replaced={
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": KEY,
            "TableName": "contract-other",
        },
        defaults={"DeletionProtectionEnabled": False},
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
        type="AWS::Athena::WorkGroup",
        first={
            "Description": "one",
            "Name": "contract",
            "RecursiveDeleteOption": True,
            "State": "DISABLED",
            "Tags": tags(a="1", b="1"),
            "WorkGroupConfiguration": {
                "BytesScannedCutoffPerQuery": 20000000,
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
                "EnforceWorkGroupConfiguration": True,
                "PublishCloudWatchMetricsEnabled": False,
                "RequesterPaysEnabled": False,
                "ResultConfiguration": {"OutputLocation": "s3://contract/two/"},
            },
        },
        replaced={
            "Name": "contract-other",
            "WorkGroupConfiguration": {
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
)
