"""What the services show of the resource types that other teams' applications use, in the template's words."""

from __future__ import annotations

import json
from typing import Any

from tests.embedded_aws.moto_server import ACCOUNT, Services
from tests.embedded_aws.resources.cases_applications import policy
from tests.embedded_aws.resources.readers import Shown, or_nothing, pick, reader


def queue_attributes(services: Services) -> dict[str, dict[str, Any]]:
    sqs = services("sqs")
    urls = sqs.list_queues().get("QueueUrls", [])
    return {url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"] for url in urls}


@reader("AWS::SQS::Queue")
def queues(services: Services) -> Shown:
    return {
        url: {
            **pick(
                attributes,
                "ContentBasedDeduplication",
                "DeduplicationScope",
                "DelaySeconds",
                "FifoQueue",
                "FifoThroughputLimit",
                "KmsMasterKeyId",
                "MessageRetentionPeriod",
                "ReceiveMessageWaitTimeSeconds",
                "VisibilityTimeout",
            ),
            "RedrivePolicy": json.loads(attributes["RedrivePolicy"]) if attributes.get("RedrivePolicy") else None,
            "QueueName": url.rsplit("/", 1)[-1],
            "Tags": _tag_list(services("sqs").list_queue_tags(QueueUrl=url).get("Tags", {})),
        }
        for url, attributes in queue_attributes(services).items()
    }


@reader("AWS::SQS::QueuePolicy")
def queue_policies(services: Services) -> Shown:
    """Keyed by the document's Id: SQS knows no id of a policy."""
    shown: Shown = {}
    for url, attributes in queue_attributes(services).items():
        if document := attributes.get("Policy"):
            parsed = json.loads(document)
            entry = shown.setdefault(parsed["Id"], {"PolicyDocument": parsed, "Queues": []})
            entry["Queues"].append(url)
    return shown


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


@reader("AWS::SecretsManager::Secret")
def secrets(services: Services) -> Shown:
    client = services("secretsmanager")
    return {
        secret["ARN"]: {
            **pick(secret, "Description", "Name", "Tags"),
            "SecretString": _given_value(client.get_secret_value(SecretId=secret["ARN"])["SecretString"]),
        }
        for secret in client.list_secrets()["SecretList"]
    }


def _given_value(value: str) -> str | None:
    """A value as the template gives it, or None for a generated one, which only has a shape."""
    if not value.startswith("{"):
        return value
    generated = json.loads(value)
    assert generated.keys() == {"username", "password"}
    assert len(generated["password"]) == 20
    assert generated["password"].isalpha()
    return None


@reader("AWS::SecretsManager::ResourcePolicy")
def secret_policies(services: Services) -> Shown:
    client = services("secretsmanager")
    shown: Shown = {}
    for secret in client.list_secrets()["SecretList"]:
        document = or_nothing(client.get_resource_policy, SecretId=secret["ARN"]).get("ResourcePolicy")
        if document:
            shown[secret["ARN"]] = {"SecretId": secret["ARN"], "ResourcePolicy": json.loads(document)}
    return shown


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


@reader("AWS::Events::EventBus")
def event_buses(services: Services) -> Shown:
    events = services("events")
    return {
        bus["Name"]: {
            "Name": bus["Name"],
            "Tags": events.list_tags_for_resource(ResourceARN=bus["Arn"])["Tags"],
        }
        for bus in events.list_event_buses()["EventBuses"]
        if bus["Name"] != "default"
    }


@reader("AWS::Events::EventBusPolicy")
def event_bus_policies(services: Services) -> Shown:
    """A statement by action and principal is shown without them: the bus keeps it as a statement."""
    shown: Shown = {}
    for bus in services("events").list_event_buses()["EventBuses"]:
        for statement in json.loads(bus.get("Policy", '{"Statement": []}'))["Statement"]:
            by_account = statement["Principal"] != policy("")["Statement"][0]["Principal"]
            shown[f"{bus['Name']}|{statement['Sid']}"] = {
                "EventBusName": bus["Name"],
                "StatementId": statement["Sid"],
                **({} if by_account else {"Statement": statement}),
            }
    return shown


@reader("AWS::IAM::OIDCProvider")
def oidc_providers(services: Services) -> Shown:
    iam = services("iam")
    shown: Shown = {}
    for arn in (each["Arn"] for each in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]):
        provider = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        shown[arn] = {
            **pick(provider, "Tags", "ThumbprintList"),
            "ClientIdList": provider["ClientIDList"],
            "Url": f"https://{provider['Url']}",
        }
    return shown


@reader("AWS::SageMaker::Model")
def models(services: Services) -> Shown:
    sagemaker = services("sagemaker")
    shown: Shown = {}
    for name in (each["ModelName"] for each in sagemaker.list_models()["Models"]):
        model = sagemaker.describe_model(ModelName=name)
        shown[model["ModelArn"]] = {
            **pick(model, "EnableNetworkIsolation", "ExecutionRoleArn", "ModelName", "PrimaryContainer", "VpcConfig"),
            "Containers": model.get("Containers") or None,
            "Tags": sagemaker.list_tags(ResourceArn=model["ModelArn"])["Tags"],
        }
    return shown


@reader("AWS::SageMaker::EndpointConfig")
def endpoint_configurations(services: Services) -> Shown:
    sagemaker = services("sagemaker")
    shown: Shown = {}
    for name in (each["EndpointConfigName"] for each in sagemaker.list_endpoint_configs()["EndpointConfigs"]):
        config = sagemaker.describe_endpoint_config(EndpointConfigName=name)
        shown[config["EndpointConfigArn"]] = {
            **pick(
                config,
                "AsyncInferenceConfig",
                "DataCaptureConfig",
                "EndpointConfigName",
                "KmsKeyId",
                "ProductionVariants",
            ),
            "Tags": sagemaker.list_tags(ResourceArn=config["EndpointConfigArn"])["Tags"],
        }
    return shown


@reader("AWS::SageMaker::Endpoint")
def endpoints(services: Services) -> Shown:
    sagemaker = services("sagemaker")
    shown: Shown = {}
    for name in (each["EndpointName"] for each in sagemaker.list_endpoints()["Endpoints"]):
        endpoint = sagemaker.describe_endpoint(EndpointName=name)
        shown[endpoint["EndpointArn"]] = {
            **pick(endpoint, "EndpointConfigName", "EndpointName"),
            "Tags": sagemaker.list_tags(ResourceArn=endpoint["EndpointArn"])["Tags"],
        }
    return shown


def _tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
