"""SageMaker: endpoints, whose containers run if the server has a command for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import FakeEndpointConfig, SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from embedded_aws.gaps._registry import fills
from embedded_aws.gaps.sagemaker.hosting import refuse_existing
from embedded_aws.inference import ContainerError, ContainerSpec, hosting

_create_endpoint = SageMakerResponse.create_endpoint
_delete_endpoint = SageMakerModelBackend.delete_endpoint


@fills(
    SageMakerResponse,
    "create_endpoint",
    service="sagemaker",
    what="CreateEndpoint with a deployment configuration, refused for a name that exists; Failed if its container is "
    "not healthy",
    why="moto forgets it, overwrites the endpoint that exists, and runs no container",
)
def create_endpoint(self: Any) -> ActionResult:
    name, backend = self._get_param("EndpointName"), self.sagemaker_backend
    refuse_existing("endpoint", getattr(backend.endpoints.get(name), "arn", None))
    answer: ActionResult = _create_endpoint(self)
    endpoint = backend.endpoints[name]
    endpoint.last_deployment_config = self._get_param("DeploymentConfig")
    failure = _start(backend, name, endpoint.endpoint_config_name)
    if failure:
        endpoint.endpoint_status, endpoint.failure_reason = "Failed", failure
    return answer


@fills(
    SageMakerResponse,
    "update_endpoint",
    service="sagemaker",
    what="UpdateEndpoint to another configuration, in service at once; it stays with the old one, and says why, if the "
    "new container is not healthy or an alarm of the automatic rollback is in ALARM",
    why="moto lacks it",
)
def update_endpoint(self: Any) -> ActionResult:
    name, configuration = self._get_param("EndpointName"), self._get_param("EndpointConfigName")
    backend: SageMakerModelBackend = self.sagemaker_backend
    backend.describe_endpoint(name)  # refuses an unknown endpoint
    endpoint = backend.endpoints[name]
    try:
        described = backend.describe_endpoint_config(configuration)
    except (KeyError, ValidationError) as error:
        arn = FakeEndpointConfig.arn_formatter(configuration, backend.account_id, backend.region_name)
        raise ValidationError(message=f"Could not find endpoint_config '{arn}'.") from error
    deployment = self._get_param("DeploymentConfig")
    if self._get_bool_param("RetainDeploymentConfig", False):
        deployment = deployment or getattr(endpoint, "last_deployment_config", None)
    endpoint.last_deployment_config = deployment
    endpoint.last_modified_time = utcnow()
    if configuration == endpoint.endpoint_config_name:
        endpoint.failure_reason = None
        return ActionResult({"EndpointArn": endpoint.arn})
    endpoint.failure_reason = _tripped(backend, deployment or {}) or _start(backend, name, configuration)
    if endpoint.failure_reason is None:
        endpoint.endpoint_status = "InService"
        endpoint.endpoint_config_name = configuration
        endpoint.production_variants = endpoint._process_production_variants(described["ProductionVariants"])
        endpoint.data_capture_config = described["DataCaptureConfig"]
    return ActionResult({"EndpointArn": endpoint.arn})


@fills(
    SageMakerModelBackend,
    "delete_endpoint",
    service="sagemaker",
    what="DeleteEndpoint, which ends the endpoint's container",
    why="moto runs none",
)
def delete_endpoint(self: Any, endpoint_name: str) -> Any:
    answer = _delete_endpoint(self, endpoint_name)
    containers = hosting()
    if containers:
        containers.stop((self.account_id, self.region_name, endpoint_name))
    return answer or EmptyResult()


def _tripped(backend: SageMakerModelBackend, deployment: Mapping[str, Any]) -> str | None:
    """Return why a deployment is rolled back: one of its alarms is in ALARM. The end of a baking period is not awaited.

    https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
    """
    named = {each["AlarmName"] for each in (deployment.get("AutoRollbackConfiguration") or {}).get("Alarms", ())}
    alarms = cloudwatch_backends[backend.account_id][backend.region_name].alarms
    tripped = sorted(name for name in named if name in alarms and alarms[name].state_value == "ALARM")
    return f"The deployment was rolled back because alarms are in ALARM: {', '.join(tripped)}." if tripped else None


def _start(backend: SageMakerModelBackend, endpoint: str, configuration: str) -> str | None:
    """Start the container of a configuration, if the server runs containers; return why it failed."""
    containers = hosting()
    if containers is None:
        return None
    variant = backend.endpoint_configs[configuration].production_variants[0]
    if not variant.get("ModelName"):
        return None  # inference components have models of their own, which are not run here
    try:
        model = backend.describe_model(variant["ModelName"])
        spec = _specification(backend, model)
        key = (backend.account_id, backend.region_name, endpoint)
        containers.start(key, spec, role_arn=model.execution_role_arn)
    except (ContainerError, ValidationError) as error:
        # AWS's sentence: https://docs.aws.amazon.com/sagemaker/latest/dg/inference-pipeline-troubleshoot.html
        return (
            f"The primary container for production variant {variant['VariantName']} did not pass the ping health "
            f"check. Please check CloudWatch logs for this endpoint. {error}"
        )
    return None


def _specification(backend: SageMakerModelBackend, model: Any) -> ContainerSpec:
    """Return what the first container of a model runs with; a model package gives what the model does not."""
    containers = [model.primary_container] if model.primary_container else model.containers
    if len(containers) != 1:
        raise ContainerError(f"model {model.model_name} has {len(containers)} containers; only one runs here")
    given = containers[0]
    packaged: Mapping[str, Any] = {}
    if given.get("ModelPackageName"):
        package = backend.describe_model_package(given["ModelPackageName"])
        packaged = package.inference_specification["Containers"][0]
    return ContainerSpec(
        image=given.get("Image") or packaged.get("Image") or "",
        model_data_url=given.get("ModelDataUrl") or packaged.get("ModelDataUrl") or "",
        environment={**packaged.get("Environment", {}), **(given.get("Environment") or {})},
    )
