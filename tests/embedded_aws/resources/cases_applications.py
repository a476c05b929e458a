"""The cases of secrets, OIDC providers and endpoints."""

from __future__ import annotations

from typing import Any

from tests.embedded_aws.moto_server import ACCOUNT, REGION
from tests.embedded_aws.resources.cases_operations import att, policy, ref, resource, tags
from tests.embedded_aws.resources.harness import Case

ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/contract-one"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/contract:1"


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
SECRETS = {name: resource("SecretsManager::Secret", SecretString="x") for name in ("SecretOne", "SecretTwo")}

APPLICATION_CASES = (
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
        changed={"Name": "contract", "SecretString": "given", "Tags": tags(a="2")},
        replaced={"Name": "contract-other", "SecretString": "given"},  # pragma: allowlist secret
        unread=frozenset({"GenerateSecretString"}),
    ),
    Case(
        type="AWS::SecretsManager::ResourcePolicy",
        first={"SecretId": ref("SecretOne"), "ResourcePolicy": policy("secretsmanager:GetSecretValue")},
        changed={"SecretId": ref("SecretOne"), "ResourcePolicy": policy("secretsmanager:DescribeSecret")},
        replaced={"SecretId": ref("SecretTwo"), "ResourcePolicy": policy("secretsmanager:GetSecretValue")},
        dependencies=SECRETS,
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
            "InferenceExecutionConfig": {"Mode": "Direct"},
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
            "EnableNetworkIsolation": "true",
            "EndpointConfigName": "contract",
            "ExecutionRoleArn": ROLE_ARN,
            "ExplainerConfig": {
                "ClarifyExplainerConfig": {"ShapConfig": {"ShapBaselineConfig": {"ShapBaseline": "1,2"}}}
            },
            "KmsKeyId": KEY_ARN,
            "MetricsConfig": {"EnableEnhancedMetrics": True},
            "ProductionVariants": [variant(1)],
            "ShadowProductionVariants": [{**variant(1), "VariantName": "shadow"}],
            "Tags": tags(a="1", b="1"),
            "VpcConfig": {"SecurityGroupIds": ["sg-11111111"], "Subnets": ["subnet-11111111"]},
        },
        replaced={"EndpointConfigName": "contract-other", "ProductionVariants": [variant(2)]},
        dependencies=MODEL,
    ),
    Case(
        type="AWS::SageMaker::Endpoint",
        first={
            "DeploymentConfig": {
                "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
                "BlueGreenUpdatePolicy": {
                    "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": "60"}
                },
            },
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
