"""The cases of the resource types that other teams' applications use: queues, tables, secrets, catalogs, endpoints."""

from __future__ import annotations

from typing import Any

from tests.embedded_aws.moto_server import ACCOUNT, REGION
from tests.embedded_aws.resources.cases_operations import ref, tags
from tests.embedded_aws.resources.harness import Case

ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/contract-one"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/contract:1"


def att(name: str, attribute: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, attribute]}


def resource(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{type_name}", "Properties": properties}


def policy(action: str, sid: str = "contract") -> dict[str, Any]:
    root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    statement = {"Sid": sid, "Effect": "Allow", "Principal": root, "Action": action, "Resource": "*"}
    return {"Version": "2012-10-17", "Id": "contract", "Statement": [statement]}


def variant(count: int) -> dict[str, Any]:
    return {
        "VariantName": "all",
        "ModelName": att("Model", "ModelName"),
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": count,
        "InitialVariantWeight": 1.0,
    }


MODEL = {"Model": resource("SageMaker::Model", ExecutionRoleArn=ROLE_ARN, PrimaryContainer={"Image": IMAGE})}
CONFIGURATIONS = {
    **MODEL,
    **{
        name: resource("SageMaker::EndpointConfig", ProductionVariants=[variant(count)])
        for name, count in (("ConfigOne", 1), ("ConfigTwo", 2))
    },
}
QUEUES = {name: resource("SQS::Queue") for name in ("QueueOne", "QueueTwo")}
SECRETS = {name: resource("SecretsManager::Secret", SecretString="x") for name in ("SecretOne", "SecretTwo")}
DATABASES = {
    name: resource("Glue::Database", CatalogId=ACCOUNT, DatabaseInput={"Name": name.lower()})
    for name in ("DatabaseOne", "DatabaseTwo")
}
COLUMNS = [{"Name": "a", "Type": "int"}]
KEY = [{"AttributeName": "id", "KeyType": "HASH"}]
SORTED = [*KEY, {"AttributeName": "at", "KeyType": "RANGE"}]
ALL = {"ProjectionType": "ALL"}

APPLICATION_CASES = (
    Case(
        type="AWS::SQS::Queue",
        first={
            "DelaySeconds": 5,
            "KmsDataKeyReusePeriodSeconds": 600,
            "KmsMasterKeyId": "alias/aws/sqs",
            "MessageRetentionPeriod": 60,
            "QueueName": "contract",
            "ReceiveMessageWaitTimeSeconds": 10,
            "RedrivePolicy": {"deadLetterTargetArn": att("QueueOne", "Arn"), "maxReceiveCount": 3},
            "Tags": tags(a="1", b="1"),
            "VisibilityTimeout": 60,
        },
        changed={"QueueName": "contract", "DelaySeconds": 6, "Tags": tags(a="2")},
        replaced={"QueueName": "contract-other"},
        dependencies=QUEUES,
        defaults={
            "DelaySeconds": "0",
            "MessageRetentionPeriod": "345600",
            "ReceiveMessageWaitTimeSeconds": "0",
            "VisibilityTimeout": "30",
        },
        unread=frozenset({"KmsDataKeyReusePeriodSeconds"}),
    ),
    Case(
        type="AWS::SQS::Queue",
        variant="first in, first out",
        first={
            "ContentBasedDeduplication": True,
            "DeduplicationScope": "messageGroup",
            "FifoQueue": True,
            "FifoThroughputLimit": "perMessageGroupId",
            "QueueName": "contract.fifo",
        },
        changed={"ContentBasedDeduplication": False, "FifoQueue": True, "QueueName": "contract.fifo"},
        derived=frozenset({"DeduplicationScope", "FifoThroughputLimit"}),
        defaults={
            "DelaySeconds": "0",
            "MessageRetentionPeriod": "345600",
            "ReceiveMessageWaitTimeSeconds": "0",
            "VisibilityTimeout": "30",
        },
    ),
    Case(
        type="AWS::SQS::QueuePolicy",
        first={"Queues": [ref("QueueOne")], "PolicyDocument": policy("sqs:SendMessage")},
        changed={"Queues": [ref("QueueTwo")], "PolicyDocument": policy("sqs:*")},
        dependencies=QUEUES,
        key="PolicyDocument.Id",
    ),
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
        type="AWS::SecretsManager::Secret",
        first={
            "Description": "one",
            "GenerateSecretString": {
                "ExcludeCharacters": "abc",
                "ExcludeLowercase": False,
                "ExcludeNumbers": True,
                "ExcludePunctuation": True,
                "ExcludeUppercase": False,
                "GenerateStringKey": "password",
                "IncludeSpace": False,
                "PasswordLength": 20,
                "RequireEachIncludedType": True,
                "SecretStringTemplate": '{"username": "contract"}',
            },
            "KmsKeyId": KEY_ARN,
            "Name": "contract",
            "Tags": tags(a="1", b="1"),
        },
        changed={"Description": "two", "Name": "contract", "SecretString": "given", "Tags": tags(a="2")},
        replaced={"Name": "contract-other", "SecretString": "given"},
        unread=frozenset({"GenerateSecretString", "KmsKeyId"}),
    ),
    Case(
        type="AWS::SecretsManager::ResourcePolicy",
        first={"SecretId": ref("SecretOne"), "ResourcePolicy": policy("secretsmanager:GetSecretValue")},
        changed={"SecretId": ref("SecretOne"), "ResourcePolicy": policy("secretsmanager:DescribeSecret")},
        replaced={"SecretId": ref("SecretTwo"), "ResourcePolicy": policy("secretsmanager:GetSecretValue")},
        dependencies=SECRETS,
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
    Case(
        type="AWS::Events::EventBus",
        first={"Name": "contract", "Tags": tags(a="1", b="1")},
        changed={"Name": "contract", "Tags": tags(a="2")},
        replaced={"Name": "contract-other"},
    ),
    Case(
        type="AWS::Events::EventBusPolicy",
        variant="by action and principal",
        first={
            "Action": "events:PutEvents",
            "EventBusName": ref("Bus"),
            "Principal": "111111111111",
            "StatementId": "one",
        },
        replaced={
            "Action": "events:PutEvents",
            "EventBusName": ref("Bus"),
            "Principal": "222222222222",
            "StatementId": "two",
        },
        dependencies={"Bus": resource("Events::EventBus", Name="contract")},
        unread=frozenset({"Action", "Principal"}),
    ),
    Case(
        type="AWS::Events::EventBusPolicy",
        variant="by statement",
        first={
            "EventBusName": ref("Bus"),
            "Statement": {**policy("events:PutEvents", "one")["Statement"][0], "Resource": att("Bus", "Arn")},
            "StatementId": "one",
        },
        changed={
            "EventBusName": ref("Bus"),
            "Statement": {**policy("events:PutRule", "one")["Statement"][0], "Resource": att("Bus", "Arn")},
            "StatementId": "one",
        },
        dependencies={"Bus": resource("Events::EventBus", Name="contract")},
    ),
    Case(
        type="AWS::IAM::OIDCProvider",
        first={
            "ClientIdList": ["sts.amazonaws.com", "one"],
            "Tags": tags(a="1", b="1"),
            "ThumbprintList": ["a" * 40],
            "Url": "https://gitlab.example.com",
        },
        changed={
            "ClientIdList": ["sts.amazonaws.com", "two"],
            "Tags": tags(a="2"),
            "ThumbprintList": ["b" * 40],
            "Url": "https://gitlab.example.com",
        },
        replaced={
            "ClientIdList": ["sts.amazonaws.com"],
            "ThumbprintList": ["a" * 40],
            "Url": "https://other.example.com",
        },
    ),
    Case(
        type="AWS::SageMaker::Model",
        first={
            "EnableNetworkIsolation": True,
            "ExecutionRoleArn": ROLE_ARN,
            "ModelName": "contract",
            "PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": "s3://contract/model.tar.gz"},
            "Tags": tags(a="1", b="1"),
            "VpcConfig": {"SecurityGroupIds": ["sg-11111111"], "Subnets": ["subnet-11111111"]},
        },
        changed={
            "EnableNetworkIsolation": True,
            "ExecutionRoleArn": ROLE_ARN,
            "ModelName": "contract",
            "PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": "s3://contract/model.tar.gz"},
            "Tags": tags(a="2"),
            "VpcConfig": {"SecurityGroupIds": ["sg-11111111"], "Subnets": ["subnet-11111111"]},
        },
        replaced={
            "Containers": [{"Image": IMAGE}, {"Image": IMAGE}],
            "ExecutionRoleArn": ROLE_ARN,
            "ModelName": "other",
        },
        defaults={"EnableNetworkIsolation": False},
    ),
    Case(
        type="AWS::SageMaker::EndpointConfig",
        first={
            "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://contract/out"}},
            "DataCaptureConfig": {
                "CaptureOptions": [{"CaptureMode": "Input"}],
                "DestinationS3Uri": "s3://contract/captured",
                "InitialSamplingPercentage": 10,
            },
            "EndpointConfigName": "contract",
            "KmsKeyId": KEY_ARN,
            "ProductionVariants": [variant(1)],
            "Tags": tags(a="1", b="1"),
        },
        replaced={"EndpointConfigName": "contract-other", "ProductionVariants": [variant(2)]},
        dependencies=MODEL,
    ),
    Case(
        type="AWS::SageMaker::Endpoint",
        first={
            "EndpointConfigName": att("ConfigOne", "EndpointConfigName"),
            "EndpointName": "contract",
            "Tags": tags(a="1", b="1"),
        },
        changed={
            "EndpointConfigName": att("ConfigTwo", "EndpointConfigName"),
            "EndpointName": "contract",
            "Tags": tags(a="2"),
        },
        replaced={"EndpointConfigName": att("ConfigOne", "EndpointConfigName"), "EndpointName": "other"},
        dependencies=CONFIGURATIONS,
    ),
)
