"""What the services show of secrets, OIDC providers and endpoints, in the template's words."""

from __future__ import annotations

import json

from embedded_aws.live_properties.registry import Services, Shown, list_all, or_nothing, pick, reader


@reader("AWS::SecretsManager::Secret")
def secrets(services: Services) -> Shown:
    client = services("secretsmanager")
    return {
        secret["ARN"]: {
            **pick(secret, "Description", "KmsKeyId", "Name", "Tags"),
            "SecretString": _given_value(client.get_secret_value(SecretId=secret["ARN"])["SecretString"]),
        }
        for secret in list_all(client, "list_secrets", "SecretList")
    }


def _given_value(value: str) -> str | None:
    """A value as the template gives it, or None for a generated one, which only has a shape."""
    if not value.startswith("{"):
        return value
    return None


@reader("AWS::SecretsManager::ResourcePolicy")
def secret_policies(services: Services) -> Shown:
    client = services("secretsmanager")
    shown: Shown = {}
    for secret in list_all(client, "list_secrets", "SecretList"):
        document = or_nothing(client.get_resource_policy, SecretId=secret["ARN"]).get("ResourcePolicy")
        if document:
            shown[secret["ARN"]] = {"SecretId": secret["ARN"], "ResourcePolicy": json.loads(document)}
    return shown


@reader("AWS::IAM::OIDCProvider")
def oidc_providers(services: Services) -> Shown:
    iam = services("iam")
    shown: Shown = {}
    for arn in (each["Arn"] for each in list_all(iam, "list_open_id_connect_providers", "OpenIDConnectProviderList")):
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
    for name in (each["ModelName"] for each in list_all(sagemaker, "list_models", "Models")):
        model = sagemaker.describe_model(ModelName=name)
        shown[model["ModelArn"]] = {
            **pick(
                model,
                "EnableNetworkIsolation",
                "ExecutionRoleArn",
                "InferenceExecutionConfig",
                "ModelName",
                "PrimaryContainer",
                "VpcConfig",
            ),
            "Containers": model.get("Containers") or None,
            "Tags": list_all(sagemaker, "list_tags", "Tags", ResourceArn=model["ModelArn"]),
        }
    return shown


@reader("AWS::SageMaker::EndpointConfig")
def endpoint_configurations(services: Services) -> Shown:
    sagemaker = services("sagemaker")
    shown: Shown = {}
    for name in (
        each["EndpointConfigName"] for each in list_all(sagemaker, "list_endpoint_configs", "EndpointConfigs")
    ):
        config = sagemaker.describe_endpoint_config(EndpointConfigName=name)
        shown[config["EndpointConfigArn"]] = {
            **pick(
                config,
                "AsyncInferenceConfig",
                "DataCaptureConfig",
                "EnableNetworkIsolation",
                "EndpointConfigName",
                "ExecutionRoleArn",
                "ExplainerConfig",
                "KmsKeyId",
                "MetricsConfig",
                "ProductionVariants",
                "ShadowProductionVariants",
                "VpcConfig",
            ),
            "Tags": list_all(sagemaker, "list_tags", "Tags", ResourceArn=config["EndpointConfigArn"]),
        }
    return shown


@reader("AWS::SageMaker::Endpoint")
def endpoints(services: Services) -> Shown:
    sagemaker = services("sagemaker")
    shown: Shown = {}
    for name in (each["EndpointName"] for each in list_all(sagemaker, "list_endpoints", "Endpoints")):
        endpoint = sagemaker.describe_endpoint(EndpointName=name)
        shown[endpoint["EndpointArn"]] = {
            **pick(endpoint, "EndpointConfigName", "EndpointName"),
            "DeploymentConfig": endpoint.get("LastDeploymentConfig"),
            "Tags": list_all(sagemaker, "list_tags", "Tags", ResourceArn=endpoint["EndpointArn"]),
        }
    return shown
