"""SageMaker: models, an endpoint's change, and the policy of a model package group."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import FakeEndpointConfig, SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from embedded_aws.gaps._registry import fills

_WHY = "moto lacks it"
_create_model = SageMakerResponse.create_model
# Where the policy lies in moto's group.
_POLICY = "embedded_resource_policy"


@fills(
    SageMakerResponse,
    "create_model",
    service="sagemaker",
    what="CreateModel with network isolation",
    why="moto forgets it",
)
def create_model(self: Any) -> ActionResult:
    answer: ActionResult = _create_model(self)
    model = self.sagemaker_backend.describe_model(self._get_param("ModelName"))
    model.enable_network_isolation = bool(self._get_param("EnableNetworkIsolation"))
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
    setattr(group, _POLICY, self._get_param("ResourcePolicy"))
    return ActionResult({"ModelPackageGroupArn": group.arn})


@fills(
    SageMakerResponse,
    "get_model_package_group_policy",
    service="sagemaker",
    what="GetModelPackageGroupPolicy",
    why=_WHY,
)
def get_model_package_group_policy(self: Any) -> ActionResult:
    policy = getattr(_group(self), _POLICY, None)
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
    if getattr(group, _POLICY, None) is None:
        raise ValidationError("Cannot find resource policy for the model package group.")
    setattr(group, _POLICY, None)
    return EmptyResult()
