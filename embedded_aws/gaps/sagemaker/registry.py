"""SageMaker: tags, model package groups and model packages; its pipelines are in pipelines.py."""

from __future__ import annotations

from typing import Any

from moto.core.responses import EmptyResult
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import ModelPackage, SageMakerModelBackend, sagemaker_backends
from moto.sagemaker.responses import SageMakerResponse

from embedded_aws.gaps._registry import fills
from embedded_aws.iam.resources import account_in
from embedded_aws.model_package_events import announce_model_package

_create_group = SageMakerModelBackend.create_model_package_group
_create_package = SageMakerResponse.create_model_package
_describe_package = SageMakerModelBackend.describe_model_package
_package_init = ModelPackage.__init__
_package_members = ModelPackage.gen_response_object
_update_package = SageMakerModelBackend.update_model_package

# What CreateModelPackage takes and moto forgets.
FORGOTTEN = (
    "ManagedStorageType",
    "ModelCard",
    "ModelLifeCycle",
    "ModelPackageRegistrationType",
    "SecurityConfig",
    "SkipModelValidation",
    "SourceUri",
)


@fills(
    SageMakerModelBackend,
    "add_tags",
    service="sagemaker",
    what="AddTags, which gives a tag that exists the new value",
    why="moto then lists the tag twice",
)
def add_tags(self: Any, arn: str, tags: list[dict[str, str]]) -> list[dict[str, str]]:
    resource = self._get_resource_from_arn(arn)
    merged = {tag["Key"]: tag["Value"] for tag in [*(resource.tags or []), *tags]}
    resource.tags = [{"Key": key, "Value": value} for key, value in merged.items()]
    added: list[dict[str, str]] = resource.tags
    return added


@fills(
    SageMakerModelBackend,
    "create_model_package_group",
    service="sagemaker",
    what="CreateModelPackageGroup, refused under a name that exists",
    why="moto silently replaces the group",
)
def create_model_package_group(self: Any, *, model_package_group_name: str, **rest: Any) -> Any:
    existing = self.model_package_groups.get(model_package_group_name)
    if existing is not None:
        raise ValidationError(f"Model Package Group already exists: {existing.arn}")
    return _create_group(self, model_package_group_name=model_package_group_name, **rest)


@fills(
    SageMakerResponse,
    "delete_model_package_group",
    service="sagemaker",
    what="DeleteModelPackageGroup, refused while the group has versions",
    why="moto does not know it",
)
def delete_model_package_group(self: Any) -> Any:
    backend = self.sagemaker_backend
    group = backend.describe_model_package_group(_last_part(self._get_param("ModelPackageGroupName")))
    name = group.model_package_group_name
    if any(package.model_package_group_name == name for package in backend.model_packages.values()):
        raise ValidationError(f"Model Package Group cannot be deleted because it contains Model Packages: {group.arn}")
    del backend.model_package_groups[name]
    return EmptyResult()


@fills(
    SageMakerResponse,
    "delete_model_package",
    service="sagemaker",
    what="DeleteModelPackage",
    why="moto does not know it",
)
def delete_model_package(self: Any) -> Any:
    backend = self.sagemaker_backend
    package = backend.describe_model_package(self._get_param("ModelPackageName"))
    del backend.model_packages[package.arn]
    backend.model_package_name_mapping = {
        name: arn for name, arn in backend.model_package_name_mapping.items() if arn != package.arn
    }
    return EmptyResult()


@fills(
    ModelPackage,
    "__init__",
    service="sagemaker",
    what="numbers of model package versions that are never given twice",
    why="moto counts the versions that are left, so a deleted one's number overwrites another",
)
def model_package_init(self: Any, *, model_package_version: int | None, **rest: Any) -> None:
    if model_package_version is not None:
        backend = sagemaker_backends[rest["account_id"]][rest["region_name"]]
        group = backend.model_package_groups[rest["model_package_group_name"]]
        model_package_version = group.last_version = getattr(group, "last_version", 0) + 1
    _package_init(self, model_package_version=model_package_version, **rest)


@fills(
    SageMakerResponse,
    "create_model_package",
    service="sagemaker",
    what=f"CreateModelPackage that keeps {', '.join(FORGOTTEN)}, and a group named by its ARN",
    why="moto forgets them, and knows groups by name only",
)
def create_model_package(self: Any) -> Any:
    group = self._get_param("ModelPackageGroupName")
    if group:
        self.params["ModelPackageGroupName"] = _last_part(group)
    answer = _create_package(self)
    package = self.sagemaker_backend.describe_model_package(answer.result["ModelPackageArn"])
    given = {name: self._get_param(name) for name in FORGOTTEN}
    package.kept = {name: value for name, value in given.items() if value is not None}
    announce_model_package(package)
    return answer


@fills(
    SageMakerModelBackend,
    "describe_model_package",
    service="sagemaker",
    what="DescribeModelPackage of a version in another account, by its ARN",
    why="moto looks into the caller's account only",
)
def describe_model_package(self: Any, model_package_name: str) -> Any:
    owner = account_in(model_package_name)
    if owner in {"", self.account_id}:
        return _describe_package(self, model_package_name)
    region = model_package_name.split(":")[3]
    return _describe_package(sagemaker_backends[owner][region], model_package_name)


@fills(
    ModelPackage,
    "gen_response_object",
    service="sagemaker",
    what=f"DescribeModelPackage with {', '.join(FORGOTTEN)}",
    why="moto forgets them",
)
def model_package_members(self: Any) -> dict[str, Any]:
    return {**_package_members(self), **getattr(self, "kept", {})}


@fills(
    SageMakerModelBackend,
    "update_model_package",
    service="sagemaker",
    what="UpdateModelPackage that leaves what it is not given, merges customer metadata and sends the event",
    why="moto clears the metadata of a package that is approved",
)
def update_model_package(
    self: Any,
    *,
    model_package_arn: str,
    model_approval_status: str | None,
    approval_description: str | None,
    customer_metadata_properties: dict[str, str] | None,
    **rest: Any,
) -> Any:
    package = self.describe_model_package(model_package_arn)
    previous = package.model_approval_status
    updated = _update_package(
        self,
        model_package_arn=model_package_arn,
        model_approval_status=model_approval_status or package.model_approval_status,
        approval_description=approval_description or package.approval_description,
        customer_metadata_properties={
            **(package.customer_metadata_properties or {}),
            **(customer_metadata_properties or {}),
        },
        **rest,
    )
    if package.model_approval_status != previous:
        announce_model_package(package)
    return updated


def _last_part(name_or_arn: str) -> str:
    return name_or_arn.rsplit("/", 1)[-1]
