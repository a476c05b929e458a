"""What the registration of a promoted model says about its origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Keys of CustomerMetadataProperties.
PROMOTED_FROM = "PromotedFrom"
ARTIFACT_SHA256 = "ArtifactSha256"

# Arguments of CreateModelPackage that DescribeModelPackage returns unchanged:
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
_COPIED = (
    "AdditionalInferenceSpecifications",
    "Domain",
    "DriftCheckBaselines",
    "InferenceSpecification",
    "ModelCard",
    "ModelMetrics",
    "ModelPackageDescription",
    "SamplePayloadUrl",
    "SkipModelValidation",
    "SourceUri",
    "Task",
)
# ... except for the members that describe the source's registration, not the model.
_OWN_MEMBERS = frozenset({"ModelDataETag"})
_METADATA = ("CommitId", "GeneratedBy", "ProjectId", "Repository")


def registration_arguments(
    package: Mapping[str, Any], *, group: str, copies: Mapping[str, str], sha256: str, approval: str
) -> dict[str, Any]:
    """Return the arguments of CreateModelPackage that register the copy of a model.

    Args:
        package: the source's model package, as DescribeModelPackage returns it.
        group: name of the target's model package group.
        copies: URI of the copy by URI of each object of the source.
        sha256: hash of the model's artifact.
        approval: `Approved` or `PendingManualApproval`.
    """
    arguments = {name: _with_copies(package[name], copies) for name in _COPIED if package.get(name)}
    properties = package.get("MetadataProperties", {})
    metadata = {name: properties[name] for name in _METADATA if properties.get(name)}
    return {
        **arguments,
        **({"MetadataProperties": metadata} if metadata else {}),
        "ModelPackageGroupName": group,
        "ModelApprovalStatus": approval,
        "CustomerMetadataProperties": {
            **package.get("CustomerMetadataProperties", {}),
            PROMOTED_FROM: package["ModelPackageArn"],
            ARTIFACT_SHA256: sha256,
        },
    }


def referenced_objects(package: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the S3 URIs to which a model package refers, without duplicates."""
    return tuple(dict.fromkeys(uri for name in _COPIED for uri in _uris(package.get(name))))


def artifact_uri(package: Mapping[str, Any]) -> str | None:
    """Return the URI of the model's artifact, a `model.tar.gz`; None if it has none."""
    for container in package.get("InferenceSpecification", {}).get("Containers", []):
        if uri := container.get("ModelDataUrl"):
            return str(uri)
    return None


def recorded_etag(package: Mapping[str, Any]) -> str | None:
    """Return the ETag of the artifact when the model was registered, if its registration contains it."""
    for container in package.get("InferenceSpecification", {}).get("Containers", []):
        if container.get("ModelDataUrl") and (etag := container.get("ModelDataETag")):
            return str(etag).strip('"')
    return None


def _uris(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [uri for member in value.values() for uri in _uris(member)]
    if isinstance(value, list):
        return [uri for item in value for uri in _uris(item)]
    return [value] if isinstance(value, str) and value.startswith("s3://") else []


def _with_copies(value: Any, copies: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _with_copies(member, copies) for name, member in value.items() if name not in _OWN_MEMBERS}
    if isinstance(value, list):
        return [_with_copies(item, copies) for item in value]
    return copies.get(value, value) if isinstance(value, str) else value
