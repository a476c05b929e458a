"""An endpoint of SageMaker with a configuration for each deployable version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlproject.aws_rules.hosting import (
    BAKING_SECONDS,
    DEFAULT_CONCURRENCY,
    DEFAULT_MEMORY_MB,
    DEPLOYMENT_SECONDS,
    VARIANT,
)
from mlproject.parameters import Endpoint
from mlproject.parameters.tables.serving_types import has_local_storage
from stacks.constructs.acknowledgment import acknowledge

_NO_KEY = {
    "NIST.800.53.R5::NIST.800.53.R5-SageMakerEndpointConfigurationKMSKeyConfigured": (
        "The endpoint has no volume that takes a key: it is serverless, or its local storage is encrypted by hardware."
    )
}


class ModelEndpoint(Construct):
    """Endpoint with a fixed name, and a configuration for each version that it can serve.

    Args:
        name: name of the endpoint.
        parameters: parameters of the endpoint.
        models: name of the model of each version; the first is served.
        key_arn: key of the volumes and of captured data.
        capture_uri: S3 URI of captured data.
        alarms: names of the alarms that roll a deployment back.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        parameters: Endpoint,
        models: Mapping[int, str],
        key_arn: str,
        capture_uri: str,
        alarms: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        # One resource per version: what was current becomes previous without being replaced.
        configurations = {
            version: self._configuration(version, model, parameters, key_arn=key_arn, capture_uri=capture_uri)
            for version, model in models.items()
        }
        current = next(iter(configurations.values()))
        is_serverless = parameters.kind == "serverless"
        sagemaker.CfnEndpoint(
            self,
            "Endpoint",
            endpoint_name=name,
            endpoint_config_name=current.attr_endpoint_config_name,
            # Deployment guardrails apply to real-time endpoints only:
            # https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
            deployment_config=None if is_serverless else _deployment(parameters, alarms),
        )

    def _configuration(
        self, version: int, model: str, parameters: Endpoint, *, key_arn: str, capture_uri: str
    ) -> sagemaker.CfnEndpointConfig:
        kind = parameters.instance_type
        takes_key = kind is not None and not has_local_storage(kind)
        configuration = sagemaker.CfnEndpointConfig(
            self,
            f"Version{version}",
            production_variants=[_variant(model, parameters)],
            kms_key_id=key_arn if takes_key else None,
            data_capture_config=_capture(parameters.data_capture_percent, key_arn=key_arn, uri=capture_uri),
        )
        if not takes_key:
            acknowledge(configuration, _NO_KEY)
        return configuration


def _variant(model: str, parameters: Endpoint) -> sagemaker.CfnEndpointConfig.ProductionVariantProperty:
    if parameters.kind == "serverless":
        return sagemaker.CfnEndpointConfig.ProductionVariantProperty(
            variant_name=VARIANT,
            model_name=model,
            initial_variant_weight=1,
            serverless_config=sagemaker.CfnEndpointConfig.ServerlessConfigProperty(
                memory_size_in_mb=parameters.memory_mb or DEFAULT_MEMORY_MB,
                max_concurrency=parameters.max_concurrency or DEFAULT_CONCURRENCY,
            ),
        )
    return sagemaker.CfnEndpointConfig.ProductionVariantProperty(
        variant_name=VARIANT,
        model_name=model,
        initial_variant_weight=1,
        instance_type=parameters.instance_type,
        initial_instance_count=parameters.instance_count or 1,
    )


def _capture(percent: int | None, *, key_arn: str, uri: str) -> Any:
    if not percent:
        return None
    return sagemaker.CfnEndpointConfig.DataCaptureConfigProperty(
        enable_capture=True,
        initial_sampling_percentage=percent,
        destination_s3_uri=uri,
        kms_key_id=key_arn,
        capture_options=[
            sagemaker.CfnEndpointConfig.CaptureOptionProperty(capture_mode=mode) for mode in ("Input", "Output")
        ],
        capture_content_type_header=sagemaker.CfnEndpointConfig.CaptureContentTypeHeaderProperty(
            csv_content_types=["text/csv"], json_content_types=["application/json"]
        ),
    )


def _deployment(parameters: Endpoint, alarms: Sequence[str]) -> sagemaker.CfnEndpoint.DeploymentConfigProperty:
    """Return a blue/green deployment: a canary of one instance first, if there are several.

    A canary is at most half of the instances, so that a single instance moves all at once:
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrafficRoutingConfig.html
    """
    has_canary = (parameters.instance_count or 1) > 1
    routing = sagemaker.CfnEndpoint.TrafficRoutingConfigProperty(
        type="CANARY" if has_canary else "ALL_AT_ONCE",
        canary_size=(
            sagemaker.CfnEndpoint.CapacitySizeProperty(type="INSTANCE_COUNT", value=1) if has_canary else None
        ),
        wait_interval_in_seconds=BAKING_SECONDS,  # the API requires it even without a canary
    )
    return sagemaker.CfnEndpoint.DeploymentConfigProperty(
        auto_rollback_configuration=sagemaker.CfnEndpoint.AutoRollbackConfigProperty(
            alarms=[sagemaker.CfnEndpoint.AlarmProperty(alarm_name=name) for name in alarms]
        ),
        blue_green_update_policy=sagemaker.CfnEndpoint.BlueGreenUpdatePolicyProperty(
            traffic_routing_configuration=routing,
            termination_wait_in_seconds=BAKING_SECONDS,
            maximum_execution_timeout_in_seconds=DEPLOYMENT_SECONDS,
        ),
    )
