"""SageMaker: models, endpoint configurations and endpoints, and the policy of a model package group."""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name
from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import FakeEndpointConfig, SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from embedded_aws.gaps._registry import fills
from embedded_aws.iam.resource_policies import GROUP_POLICY

_WHY = "moto lacks it"
_create_model = SageMakerResponse.create_model
_create_endpoint_config = SageMakerResponse.create_endpoint_config
_create_endpoint = SageMakerResponse.create_endpoint
# What CreateEndpointConfig takes and moto forgets.
FORGOTTEN = (
    "EnableNetworkIsolation",
    "ExecutionRoleArn",
    "ExplainerConfig",
    "MetricsConfig",
    "ShadowProductionVariants",
    "VpcConfig",
)


def _refuse_existing(kind: str, arn: str | None) -> None:
    """Refuse a second model, endpoint configuration or endpoint of the same name.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html: a name is unique in an account
    and region.
    """
    if arn is not None:
        raise ValidationError(message=f'Cannot create already existing {kind} "{arn}".')


@fills(
    SageMakerResponse,
    "create_model",
    service="sagemaker",
    what="CreateModel with network isolation and the mode of several containers, refused for a name that exists",
    why="moto forgets both, and overwrites the model that exists",
)
def create_model(self: Any) -> ActionResult:
    name = self._get_param("ModelName")
    _refuse_existing("model", getattr(self.sagemaker_backend._models.get(name), "arn", None))
    answer: ActionResult = _create_model(self)
    model = self.sagemaker_backend.describe_model(name)
    model.enable_network_isolation = bool(self._get_param("EnableNetworkIsolation"))
    model.inference_execution_config = self._get_param("InferenceExecutionConfig")
    return answer


@fills(
    SageMakerResponse,
    "create_endpoint_config",
    service="sagemaker",
    what=f"CreateEndpointConfig with {', '.join(FORGOTTEN)}, refused for a name that exists",
    why="moto forgets them, and overwrites the configuration that exists",
)
def create_endpoint_config(self: Any) -> ActionResult:
    name, held = self._get_param("EndpointConfigName"), self.sagemaker_backend.endpoint_configs
    _refuse_existing("endpoint configuration", getattr(held.get(name), "endpoint_config_arn", None))
    answer: ActionResult = _create_endpoint_config(self)
    for member in FORGOTTEN:
        setattr(held[name], xform_name(member), self._get_param(member))
    return answer


@cache
def _instance_types() -> frozenset[str]:
    model = botocore.session.get_session().get_service_model("sagemaker")
    return frozenset(model.shape_for("ProductionVariantInstanceType").enum)


@fills(
    FakeEndpointConfig,
    "validate_instance_type",
    service="sagemaker",
    what="CreateEndpointConfig with every instance type that SageMaker hosts on",
    why="moto knows those of 2020",
)
def validate_instance_type(_self: Any, instance_type: str) -> None:
    if instance_type not in _instance_types():
        raise ValidationError(
            message=f"Value '{instance_type}' at 'instanceType' failed to satisfy constraint: "
            f"Member must satisfy enum value set: {sorted(_instance_types())}"
        )


@fills(
    SageMakerResponse,
    "create_endpoint",
    service="sagemaker",
    what="CreateEndpoint with a deployment configuration, refused for a name that exists",
    why="moto forgets it, and overwrites the endpoint that exists",
)
def create_endpoint(self: Any) -> ActionResult:
    name, held = self._get_param("EndpointName"), self.sagemaker_backend.endpoints
    _refuse_existing("endpoint", getattr(held.get(name), "arn", None))
    answer: ActionResult = _create_endpoint(self)
    held[name].last_deployment_config = self._get_param("DeploymentConfig")
    return answer


@fills(
    SageMakerResponse,
    "update_endpoint",
    service="sagemaker",
    what="UpdateEndpoint to another configuration, in service at once",
    why=_WHY,
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
    endpoint.endpoint_config_name = configuration
    endpoint.production_variants = endpoint._process_production_variants(described["ProductionVariants"])
    endpoint.data_capture_config = described["DataCaptureConfig"]
    if not self._get_bool_param("RetainDeploymentConfig", False):
        endpoint.last_deployment_config = self._get_param("DeploymentConfig")
    return ActionResult({"EndpointArn": endpoint.arn})


def _group(response: Any) -> Any:
    return response.sagemaker_backend.describe_model_package_group(response._get_param("ModelPackageGroupName"))


@fills(
    SageMakerResponse,
    "put_model_package_group_policy",
    service="sagemaker",
    what="PutModelPackageGroupPolicy",
    why=_WHY,
)
def put_model_package_group_policy(self: Any) -> ActionResult:
    group = _group(self)
    setattr(group, GROUP_POLICY, self._get_param("ResourcePolicy"))
    return ActionResult({"ModelPackageGroupArn": group.arn})


@fills(
    SageMakerResponse,
    "get_model_package_group_policy",
    service="sagemaker",
    what="GetModelPackageGroupPolicy",
    why=_WHY,
)
def get_model_package_group_policy(self: Any) -> ActionResult:
    policy = getattr(_group(self), GROUP_POLICY, None)
    if policy is None:
        raise ValidationError("Cannot find resource policy for the model package group.")
    return ActionResult({"ResourcePolicy": policy})


@fills(
    SageMakerResponse,
    "delete_model_package_group_policy",
    service="sagemaker",
    what="DeleteModelPackageGroupPolicy",
    why=_WHY,
)
def delete_model_package_group_policy(self: Any) -> ActionResult:
    group = _group(self)
    if getattr(group, GROUP_POLICY, None) is None:
        raise ValidationError("Cannot find resource policy for the model package group.")
    setattr(group, GROUP_POLICY, None)
    return EmptyResult()
