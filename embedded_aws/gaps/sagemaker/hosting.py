"""SageMaker: models and endpoint configurations, and the policy of a model package group."""

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
# What CreateEndpointConfig takes and moto forgets.
FORGOTTEN = (
    "EnableNetworkIsolation",
    "ExecutionRoleArn",
    "ExplainerConfig",
    "MetricsConfig",
    "ShadowProductionVariants",
    "VpcConfig",
)


def refuse_existing(kind: str, arn: str | None) -> None:
    """Refuse a second model, endpoint configuration or endpoint of the same name.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html: a name is unique in an account
    and region.
    """
    if arn is not None:
        raise ValidationError(message=f'Cannot create already existing {kind} "{arn}".')


def _refuse_unapproved(backend: SageMakerModelBackend, name: str) -> None:
    """Refuse a model package that does not exist, or a version that is not approved.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html: a version's
    ModelApprovalStatus must be Approved to deploy the model. AWS does not document its message; this one is ours.
    """
    package = backend.describe_model_package(name)
    if package.model_package_group_name and package.model_approval_status != "Approved":
        raise ValidationError(
            message=f"Model package {package.arn} cannot be deployed: its approval status is "
            f"{package.model_approval_status}, not Approved."
        )


@fills(
    SageMakerResponse,
    "create_model",
    service="sagemaker",
    what="CreateModel with network isolation and the mode of several containers, refused for a name that exists and "
    "for a version of a model that is missing or not approved",
    why="moto forgets both, overwrites the model that exists, and does not look at the version",
)
def create_model(self: Any) -> ActionResult:
    name = self._get_param("ModelName")
    refuse_existing("model", getattr(self.sagemaker_backend._models.get(name), "arn", None))
    for container in (self._get_param("PrimaryContainer"), *(self._get_param("Containers") or ())):
        if container and container.get("ModelPackageName"):
            _refuse_unapproved(self.sagemaker_backend, container["ModelPackageName"])
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
    refuse_existing("endpoint configuration", getattr(held.get(name), "endpoint_config_arn", None))
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
