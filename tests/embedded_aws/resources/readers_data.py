"""What DynamoDB, Glue and Athena show, in the template's words."""

from __future__ import annotations

from typing import Any

from tests.embedded_aws.moto_server import ACCOUNT, Services
from tests.embedded_aws.resources.readers import Shown, pick, reader


@reader("AWS::DynamoDB::Table")
def dynamodb_tables(services: Services) -> Shown:
    dynamodb = services("dynamodb")
    return {name: _dynamodb_table(dynamodb, name) for name in dynamodb.list_tables()["TableNames"]}


def _dynamodb_table(dynamodb: Any, name: str) -> dict[str, Any]:
    table = dynamodb.describe_table(TableName=name)["Table"]
    billing = table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    encryption = table.get("SSEDescription", {})
    stream = table.get("StreamSpecification", {})
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    indexes = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
    return {
        **pick(table, "AttributeDefinitions", "KeySchema", "TableName"),
        **{
            kind: [pick(each, "IndexName", "KeySchema", "Projection") for each in table.get(kind, [])]
            for kind in indexes
        },
        "BillingMode": billing,
        "DeletionProtectionEnabled": bool(table.get("DeletionProtectionEnabled")),
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True} if recovery else None,
        "ProvisionedThroughput": pick(table["ProvisionedThroughput"], "ReadCapacityUnits", "WriteCapacityUnits")
        if billing == "PROVISIONED"
        else None,
        "SSESpecification": {
            "SSEEnabled": True,
            "SSEType": encryption.get("SSEType"),
            "KMSMasterKeyId": encryption.get("KMSMasterKeyArn"),
        }
        if encryption.get("Status") == "ENABLED"
        else None,
        "StreamSpecification": pick(stream, "StreamViewType") if stream.get("StreamEnabled") else None,
        "Tags": dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"],
        "TimeToLiveSpecification": {"AttributeName": expiry["AttributeName"], "Enabled": True}
        if expiry["TimeToLiveStatus"] == "ENABLED"
        else None,
    }


@reader("AWS::Glue::Database")
def databases(services: Services) -> Shown:
    listed = services("glue").get_databases()["DatabaseList"]
    return {
        database["Name"]: {
            "CatalogId": ACCOUNT,
            "DatabaseInput": pick(database, "Description", "LocationUri", "Name", "Parameters"),
        }
        for database in listed
    }


@reader("AWS::Glue::Table")
def glue_tables(services: Services) -> Shown:
    glue = services("glue")
    return {
        table["Name"]: {
            "CatalogId": ACCOUNT,
            "DatabaseName": database["Name"],
            "TableInput": pick(
                table,
                "Description",
                "Name",
                "Owner",
                "Parameters",
                "PartitionKeys",
                "Retention",
                "StorageDescriptor",
                "TableType",
                "ViewExpandedText",
                "ViewOriginalText",
            ),
        }
        for database in glue.get_databases()["DatabaseList"]
        for table in glue.get_tables(DatabaseName=database["Name"])["TableList"]
    }


@reader("AWS::Athena::WorkGroup")
def work_groups(services: Services) -> Shown:
    athena = services("athena")
    shown: Shown = {}
    for name in (each["Name"] for each in athena.list_work_groups()["WorkGroups"]):
        group = athena.get_work_group(WorkGroup=name)["WorkGroup"]
        configuration = group["Configuration"]
        arn = f"arn:aws:athena:{athena.meta.region_name}:{ACCOUNT}:workgroup/{name}"
        shown[name] = {
            **pick(group, "Description", "Name", "State"),
            "Tags": athena.list_tags_for_resource(ResourceARN=arn)["Tags"],
            "WorkGroupConfiguration": pick(
                configuration,
                "BytesScannedCutoffPerQuery",
                "EnforceWorkGroupConfiguration",
                "PublishCloudWatchMetricsEnabled",
                "RequesterPaysEnabled",
                "ResultConfiguration",
            ),
        }
    return shown


@reader("AWS::Athena::NamedQuery")
def named_queries(services: Services) -> Shown:
    athena = services("athena")
    names = athena.list_named_queries(WorkGroup="primary")["NamedQueryIds"]
    queries = (athena.get_named_query(NamedQueryId=name)["NamedQuery"] for name in names)
    return {
        query["NamedQueryId"]: pick(query, "Database", "Description", "Name", "QueryString", "WorkGroup")
        for query in queries
    }
