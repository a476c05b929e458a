"""SageMaker notebook instances: what they are made with, their states, their volumes, their way into a VPC."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import uuid4

import botocore.session
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import FakeSagemakerNotebookInstance, SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from embedded_aws.gaps._registry import fills

_create = SageMakerResponse.create_notebook_instance
_members = FakeSagemakerNotebookInstance.to_dict
_start = SageMakerModelBackend.start_notebook_instance
_stop = SageMakerModelBackend.stop_notebook_instance
_delete = SageMakerModelBackend.delete_notebook_instance

# What CreateNotebookInstance takes and moto forgets, with what it means when it is not given.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html
FORGOTTEN: dict[str, Any] = {
    "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "1"},
    "IpAddressType": "ipv4",
    "PlatformIdentifier": "notebook-al2023-v1",
}
# What UpdateNotebookInstance takes, with moto's word for it; the second table, what it takes away.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateNotebookInstance.html
CHANGED = {
    "AcceleratorTypes": "accelerator_types",
    "AdditionalCodeRepositories": "additional_code_repositories",
    "DefaultCodeRepository": "default_code_repository",
    "InstanceType": "instance_type",
    "LifecycleConfigName": "lifecycle_config_name",
    "RoleArn": "role_arn",
    "RootAccess": "root_access",
    "VolumeSizeInGB": "volume_size_in_gb",
}
DISASSOCIATED = {
    "DisassociateAcceleratorTypes": "accelerator_types",
    "DisassociateAdditionalCodeRepositories": "additional_code_repositories",
    "DisassociateDefaultCodeRepository": "default_code_repository",
    "DisassociateLifecycleConfig": "lifecycle_config_name",
}
# Amazon Linux 2 and its predecessor: neither created nor started any more since 2026-07-01.
# https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-al2023.html
RETIRED = ("notebook-al1-", "notebook-al2-")


@fills(
    FakeSagemakerNotebookInstance,
    "validate_instance_type",
    service="sagemaker",
    what="every notebook instance type of the API's model",
    why="moto knows those of 2020",
)
def validate_instance_type(_self: Any, instance_type: str) -> None:
    known = _instance_types()
    if instance_type not in known:
        raise ValidationError(
            f"1 validation error detected: Value '{instance_type}' at 'instanceType' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(known)}]"
        )


@cache
def _instance_types() -> tuple[str, ...]:
    return tuple(botocore.session.get_session().get_service_model("sagemaker").shape_for("InstanceType").enum)


@fills(
    SageMakerResponse,
    "create_notebook_instance",
    service="sagemaker",
    what=f"CreateNotebookInstance that keeps {', '.join(FORGOTTEN)}, needs its lifecycle configuration, and has a "
    "network interface in its subnet",
    why="moto forgets the first, does not look for the second, and makes no interface",
)
def create_notebook_instance(self: Any) -> Any:
    backend = self.sagemaker_backend
    subnet = self._get_param("SubnetId")
    if self._get_param("DirectInternetAccess") == "Disabled" and not subnet:
        raise ValidationError("DirectInternetAccess can be set to Disabled only if a value for SubnetId is set.")
    kept = {name: self._get_param(name) or default for name, default in FORGOTTEN.items()}
    _check_platform(kept["PlatformIdentifier"])
    _check_range(self._get_param("VolumeSizeInGB"), "volumeSizeInGB", 5, 16384)
    _check_lifecycle(backend, self._get_param("LifecycleConfigName"))
    answer = _create(self)
    notebook = backend.get_notebook_instance(self._get_param("NotebookInstanceName"))
    notebook.root_access = notebook.root_access or "Enabled"
    notebook.kept = kept
    if subnet:
        try:
            notebook.network_interface_id = _interface(backend, notebook)
        except Exception:
            del backend.notebook_instances[notebook.notebook_instance_name]
            raise
    return answer


def _check_platform(platform: str) -> None:
    if platform.startswith(RETIRED):
        raise ValidationError(
            f"The platform identifier {platform} is no longer supported. Use notebook-al2023-v1 or later."
        )


def _check_range(value: int | None, name: str, least: int, most: int) -> None:
    if value is not None and not least <= value <= most:
        limit = f"greater than or equal to {least}" if value < least else f"less than or equal to {most}"
        raise ValidationError(
            f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: Member must have "
            f"value {limit}"
        )


def _check_lifecycle(backend: Any, name: str | None) -> None:
    if name:
        backend.describe_notebook_instance_lifecycle_config(name)


def _interface(backend: Any, notebook: Any) -> str:
    """The interface by which the instance is in the VPC: subnet and security groups are in use as long as it is."""
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    subnet = ec2.get_subnet(notebook.subnet_id)
    address = subnet.get_available_subnet_ip(instance=notebook)
    made = ec2.create_network_interface(
        subnet,
        address,
        group_ids=notebook.security_group_ids or [],
        description=f"[Do not delete] Notebook instance {notebook.arn}",
    )
    name: str = made.id
    return name


@fills(
    FakeSagemakerNotebookInstance,
    "to_dict",
    service="sagemaker",
    what=f"DescribeNotebookInstance with {', '.join(FORGOTTEN)} and NetworkInterfaceId",
    why="moto forgets them",
)
def notebook_members(self: Any) -> dict[str, Any]:
    interface = getattr(self, "network_interface_id", None)
    return {**_members(self), **getattr(self, "kept", FORGOTTEN), "NetworkInterfaceId": interface}


@fills(
    SageMakerModelBackend,
    "start_notebook_instance",
    service="sagemaker",
    what="StartNotebookInstance, refused while it runs",
    why="moto starts what runs",
)
def start_notebook_instance(self: Any, notebook_instance_name: str) -> None:
    notebook = self.get_notebook_instance(notebook_instance_name)
    _check_state(notebook, "Stopped", "Failed", to="Pending")
    _check_platform(notebook.to_dict()["PlatformIdentifier"])
    _start(self, notebook_instance_name)


@fills(
    SageMakerModelBackend,
    "stop_notebook_instance",
    service="sagemaker",
    what="StopNotebookInstance, refused while it is stopped",
    why="moto stops what is stopped",
)
def stop_notebook_instance(self: Any, notebook_instance_name: str) -> None:
    _check_state(self.get_notebook_instance(notebook_instance_name), "InService", to="Stopping")
    _stop(self, notebook_instance_name)


def _check_state(notebook: Any, *allowed: str, to: str) -> None:
    if notebook.status not in allowed:
        raise ValidationError(
            f"Status ({notebook.status}) not in ([{', '.join(allowed)}]). Unable to transition to ({to}) for Notebook "
            f"Instance ({notebook.arn})."
        )


@fills(
    SageMakerResponse,
    "update_notebook_instance",
    service="sagemaker",
    what="UpdateNotebookInstance of a stopped instance, whose volume only grows",
    why="moto does not know it",
)
def update_notebook_instance(self: Any) -> Any:
    backend = self.sagemaker_backend
    notebook = backend.get_notebook_instance(self._get_param("NotebookInstanceName"))
    _check_state(notebook, "Stopped", "Failed", to="Updating")
    given = {name: self._get_param(name) for name in (*CHANGED, *FORGOTTEN)}
    given = {name: value for name, value in given.items() if value is not None}
    if "InstanceType" in given:
        notebook.validate_instance_type(given["InstanceType"])
    _check_platform(given.get("PlatformIdentifier", ""))
    _check_lifecycle(backend, given.get("LifecycleConfigName"))
    _check_range(given.get("VolumeSizeInGB"), "volumeSizeInGB", 5, 16384)
    _check_growth(notebook, given.get("VolumeSizeInGB"))
    for name, attribute in DISASSOCIATED.items():
        if self._get_param(name):
            setattr(notebook, attribute, None)
    for name, value in given.items():
        if name in CHANGED:
            setattr(notebook, CHANGED[name], value)
    notebook.kept = {name: given.get(name, value) for name, value in getattr(notebook, "kept", FORGOTTEN).items()}
    notebook.last_modified_time = utcnow()
    return EmptyResult()


def _check_growth(notebook: Any, size: int | None) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateNotebookInstance.html, VolumeSizeInGB."""
    if size is not None and size < notebook.volume_size_in_gb:
        raise ValidationError(
            f"The volume size ({size} GB) of Notebook Instance ({notebook.arn}) cannot be less than its current "
            f"size ({notebook.volume_size_in_gb} GB)."
        )


@fills(
    SageMakerModelBackend,
    "delete_notebook_instance",
    service="sagemaker",
    what="DeleteNotebookInstance, with its network interface",
    why="moto has made none",
)
def delete_notebook_instance(self: Any, notebook_instance_name: str) -> None:
    notebook = self.get_notebook_instance(notebook_instance_name)
    _delete(self, notebook_instance_name)
    interface = getattr(notebook, "network_interface_id", None)
    if interface:
        ec2 = ec2_backends[self.account_id][self.region_name]
        ec2.get_subnet(notebook.subnet_id).del_subnet_ip(ec2.get_network_interface(interface).private_ip_address)
        ec2.delete_network_interface(interface)


@fills(
    SageMakerResponse,
    "create_presigned_notebook_instance_url",
    service="sagemaker",
    what="CreatePresignedNotebookInstanceUrl of a running instance; nothing answers at the address",
    why="moto does not know it",
)
def create_presigned_notebook_instance_url(self: Any) -> Any:
    notebook = self.sagemaker_backend.get_notebook_instance(self._get_param("NotebookInstanceName"))
    seconds = self._get_param("SessionExpirationDurationInSeconds")
    _check_range(seconds, "sessionExpirationDurationInSeconds", 1800, 43200)
    if notebook.status != "InService":
        raise ValidationError(
            f"Cannot create presigned url for Notebook Instance ({notebook.arn}) in status ({notebook.status})."
        )
    return ActionResult({"AuthorizedUrl": f"https://{notebook.url}?authToken={uuid4().hex}"})
