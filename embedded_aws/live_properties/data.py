"""What DynamoDB, Glue and Athena show, in the template's words."""

from __future__ import annotations

import json
from typing import Any

from embedded_aws.live_properties.registry import Services, Shown, account_id, list_all, or_nothing, pick, reader
from embedded_aws.resources import HANDLERS


@reader("AWS::DynamoDB::Table")
def dynamodb_tables(services: Services) -> Shown:
    dynamodb = services("dynamodb")
    return {name: _dynamodb_table(dynamodb, name) for name in list_all(dynamodb, "list_tables", "TableNames")}


@reader("AWS::DynamoDB::GlobalTable")
def global_tables(services: Services) -> Shown:
    """As tables: the settings of the one replica are the table's. See test_dynamodb.py."""
    shown = {}
    for name, table in dynamodb_tables(services).items():
        names = ("AttributeDefinitions", "BillingMode", "KeySchema", "LocalSecondaryIndexes", "StreamSpecification")
        encryption = table["SSESpecification"]
        shown[name] = {
            **pick(table, *names, "TableName", "TimeToLiveSpecification"),
            "GlobalSecondaryIndexes": table["GlobalSecondaryIndexes"],
            "SSESpecification": pick(encryption, "SSEEnabled", "SSEType") if encryption else None,
        }
    return shown


def _dynamodb_table(dynamodb: Any, name: str) -> dict[str, Any]:
    table = dynamodb.describe_table(TableName=name)["Table"]
    billing = table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    stream = table.get("StreamSpecification", {})
    expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    policy = or_nothing(dynamodb.get_resource_policy, ResourceArn=table["TableArn"]).get("Policy")
    limit = table.get("OnDemandThroughput")
    return {
        **pick(table, "AttributeDefinitions", "KeySchema", "TableName"),
        **{kind: [_index(each) for each in table.get(kind, [])] for kind in INDEXES},
        "BillingMode": billing,
        "DeletionProtectionEnabled": bool(table.get("DeletionProtectionEnabled")),
        "OnDemandThroughput": limit if limit and limit["MaxReadRequestUnits"] > 0 else None,
        "PointInTimeRecoverySpecification": _recovery(dynamodb, name),
        "ProvisionedThroughput": _throughput(table) if billing == "PROVISIONED" else None,
        "ResourcePolicy": {"PolicyDocument": json.loads(policy)} if policy else None,
        "SSESpecification": _encryption(table.get("SSEDescription", {})),
        "StreamSpecification": pick(stream, "StreamViewType") if stream.get("StreamEnabled") else None,
        "TableClass": table.get("TableClassSummary", {}).get("TableClass", "STANDARD"),
        "Tags": list_all(dynamodb, "list_tags_of_resource", "Tags", ResourceArn=table["TableArn"]),
        "TimeToLiveSpecification": {"AttributeName": expiry["AttributeName"], "Enabled": True}
        if expiry["TimeToLiveStatus"] == "ENABLED"
        else None,
    }


INDEXES = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")


def _index(index: dict[str, Any]) -> dict[str, Any]:
    throughput = _throughput(index)
    shown = pick(index, "IndexName", "KeySchema", "Projection")
    return {**shown, "ProvisionedThroughput": throughput} if throughput["ReadCapacityUnits"] else shown


def _throughput(description: dict[str, Any]) -> dict[str, Any]:
    return pick(description.get("ProvisionedThroughput") or {}, "ReadCapacityUnits", "WriteCapacityUnits")


def _encryption(description: dict[str, Any]) -> dict[str, Any] | None:
    if description.get("Status") != "ENABLED":
        return None
    return {
        "SSEEnabled": True,
        "SSEType": description["SSEType"],
        "KMSMasterKeyId": description["KMSMasterKeyArn"],
    }


def _recovery(dynamodb: Any, name: str) -> dict[str, Any] | None:
    """How far back a table can be restored; the period that AWS takes by itself is not shown."""
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]
    if recovery["PointInTimeRecoveryStatus"] != "ENABLED":
        return None
    period = recovery["RecoveryPeriodInDays"]
    return {"PointInTimeRecoveryEnabled": True, **({"RecoveryPeriodInDays": period} if period != 35 else {})}


@reader("AWS::Glue::Database")
def databases(services: Services) -> Shown:
    listed = list_all(services("glue"), "get_databases", "DatabaseList")
    return {
        database["Name"]: {
            "CatalogId": account_id(services),
            "DatabaseInput": pick(database, "Description", "LocationUri", "Name", "Parameters"),
        }
        for database in listed
    }


@reader("AWS::Glue::Table")
def glue_tables(services: Services) -> Shown:
    glue = services("glue")
    return {
        table["Name"]: {
            "CatalogId": account_id(services),
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
        for database in list_all(glue, "get_databases", "DatabaseList")
        for table in glue.get_tables(DatabaseName=database["Name"])["TableList"]
    }


def _glue_tags(services: Services, kind: str, name: str) -> dict[str, str]:
    glue = services("glue")
    arn = f"arn:aws:glue:{glue.meta.region_name}:{account_id(services)}:{kind}/{name}"
    tags: dict[str, str] = glue.get_tags(ResourceArn=arn)["Tags"]
    return tags


@reader("AWS::Glue::Crawler")
def crawlers(services: Services) -> Shown:
    glue = services("glue")
    names = HANDLERS["AWS::Glue::Crawler"].supported - {"Schedule.ScheduleExpression", "Tags"}
    return {
        crawler["Name"]: {
            **pick(crawler, *names),
            "Schedule": pick(crawler["Schedule"], "ScheduleExpression") if "Schedule" in crawler else None,
            "Tags": _glue_tags(services, "crawler", crawler["Name"]),
        }
        for crawler in list_all(glue, "get_crawlers", "Crawlers")
    }


@reader("AWS::Glue::Job")
def glue_jobs(services: Services) -> Shown:
    glue = services("glue")
    names = HANDLERS["AWS::Glue::Job"].supported - {"Tags"}
    return {
        job["Name"]: {**pick(job, *names), "Tags": _glue_tags(services, "job", job["Name"])}
        for job in list_all(glue, "get_jobs", "Jobs")
    }


@reader("AWS::Glue::Trigger")
def glue_triggers(services: Services) -> Shown:
    glue = services("glue")
    names = HANDLERS["AWS::Glue::Trigger"].supported - {"StartOnCreation", "Tags"}
    return {
        trigger["Name"]: {
            **pick(trigger, *names),
            "StartOnCreation": trigger["State"] == "ACTIVATED",
            "Tags": _glue_tags(services, "trigger", trigger["Name"]),
        }
        for trigger in list_all(glue, "get_triggers", "Triggers")
    }


@reader("AWS::Glue::SecurityConfiguration")
def glue_security_configurations(services: Services) -> Shown:
    words = {"S3Encryption": "S3Encryptions"}
    return {
        each["Name"]: {
            "EncryptionConfiguration": {
                words.get(name, name): value for name, value in each["EncryptionConfiguration"].items()
            },
            "Name": each["Name"],
        }
        for each in list_all(services("glue"), "get_security_configurations", "SecurityConfigurations")
    }


@reader("AWS::Athena::WorkGroup")
def work_groups(services: Services) -> Shown:
    athena = services("athena")
    shown: Shown = {}
    for name in (each["Name"] for each in list_all(athena, "list_work_groups", "WorkGroups")):
        group = athena.get_work_group(WorkGroup=name)["WorkGroup"]
        configuration = group["Configuration"]
        arn = f"arn:aws:athena:{athena.meta.region_name}:{account_id(services)}:workgroup/{name}"
        shown[name] = {
            **pick(group, "Description", "Name", "State"),
            "Tags": list_all(athena, "list_tags_for_resource", "Tags", ResourceARN=arn),
            "WorkGroupConfiguration": pick(
                {**configuration, "EngineVersion": pick(configuration["EngineVersion"], "SelectedEngineVersion")},
                "BytesScannedCutoffPerQuery",
                "EngineVersion",
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
    names = list_all(athena, "list_named_queries", "NamedQueryIds", WorkGroup="primary")
    queries = (athena.get_named_query(NamedQueryId=name)["NamedQuery"] for name in names)
    return {
        query["NamedQueryId"]: pick(query, "Database", "Description", "Name", "QueryString", "WorkGroup")
        for query in queries
    }


@reader("AWS::Athena::DataCatalog")
def data_catalogs(services: Services) -> Shown:
    athena = services("athena")
    shown: Shown = {}
    for name in (each["CatalogName"] for each in athena.list_data_catalogs()["DataCatalogsSummary"]):
        arn = f"arn:aws:athena:{athena.meta.region_name}:{account_id(services)}:datacatalog/{name}"
        shown[name] = {
            **pick(athena.get_data_catalog(Name=name)["DataCatalog"], "Description", "Name", "Parameters", "Type"),
            "Tags": athena.list_tags_for_resource(ResourceARN=arn).get("Tags"),
        }
    return shown
