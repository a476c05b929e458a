"""Promote one version of a model: verify it, copy its objects, and register it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from botocore.exceptions import ClientError

from mlproject.errors import UserError
from mlproject.promotion.artifacts import (
    MissingObjectError,
    StoredObject,
    copy_verified,
    find_object,
    split_object_uri,
)
from mlproject.promotion.lineage import (
    ARTIFACT_SHA256,
    PROMOTED_FROM,
    artifact_uri,
    recorded_etag,
    referenced_objects,
    registration_arguments,
)
from mlproject.promotion.plan import Promotion, Side

# CDK names an asset after its hash and the last suffix of its file, here .tar.gz.
SCRIPT_SUFFIX = ".gz"
APPROVED, PENDING = "Approved", "PendingManualApproval"
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html: a model package that does not exist.
_MISSING = frozenset({"ValidationException", "ResourceNotFound", "ResourceNotFoundException"})


@dataclass(frozen=True, kw_only=True)
class Promoted:
    """The result of a promotion.

    Args:
        source_arn: the model package that was promoted.
        arn: the model package in the target's group.
        version: its version.
        approval: its approval status.
        sha256: hash of the artifact.
        action: whether it was registered, or existed already.
        artifact: URI of the copied artifact.
    """

    source_arn: str
    arn: str
    version: int
    approval: str
    sha256: str
    action: Literal["registered", "existed"]
    artifact: str


def promote_model(promotion: Promotion, *, source: Side, target: Side, version: int, approve: bool) -> Promoted:
    """Copy a model's objects into the target's bucket, verify them, and register the model in the target's group.

    The registration is the last call and the only one that others see, so that an interruption leaves nothing
    half-registered. A model that was promoted already is found by the source's ARN and the hash of its artifact.

    Args:
        promotion: the promotion that the parameters allow.
        source: where the model is.
        target: where it goes.
        version: version of the model in the source's group.
        approve: whether the model is approved in the target at once.

    Raises:
        UserError: the model does not exist, is not approved, or its objects are missing or changed.
    """
    package = _describe(source, version)
    _require_approval(package, source, version)
    objects = {
        uri: _find_script(uri, source, target, version)
        if _is_script(uri, source)
        else _find(uri, promotion, source, version)
        for uri in referenced_objects(package)
    }
    artifact = _unchanged_artifact(package, objects, source, version)
    copies: dict[str, str] = {}
    hashes: dict[str, str] = {}
    source_s3, target_s3 = source.client("s3"), target.client("s3")
    for uri, found in objects.items():
        copies[uri], hashes[uri] = copy_verified(
            target_s3 if found.bucket == target.code_bucket else source_s3,
            target_s3,
            found=found,
            bucket=target.bucket,
            prefix=promotion.prefix,
        )
    sha256 = hashes[artifact.uri]
    recorded = package.get("CustomerMetadataProperties", {}).get(ARTIFACT_SHA256)
    if recorded and recorded != sha256:
        raise _changed(source, version, f"its SHA-256 is {sha256}, and {recorded} was registered")
    approval = APPROVED if approve else PENDING
    existing = _existing(target, source_arn=package["ModelPackageArn"], sha256=sha256)
    if existing is None:
        group = target.group.rpartition("/")[2]
        arguments = registration_arguments(package, group=group, copies=copies, sha256=sha256, approval=approval)
        arn = str(target.client("sagemaker").create_model_package(**arguments)["ModelPackageArn"])
    else:
        arn, approval = str(existing["ModelPackageArn"]), _approved(target, existing, approve=approve)
    return Promoted(
        source_arn=str(package["ModelPackageArn"]),
        arn=arn,
        version=int(arn.rpartition("/")[2]),
        approval=approval,
        sha256=sha256,
        action="existed" if existing else "registered",
        artifact=copies[artifact.uri],
    )


def _describe(side: Side, version: int) -> Mapping[str, Any]:
    try:
        package: Mapping[str, Any] = side.client("sagemaker").describe_model_package(
            ModelPackageName=side.package_arn(version)
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in _MISSING:
            raise
        raise UserError(
            f"model {version} does not exist in {side.environment}: {side.package_arn(version)}. List the versions "
            f"with `aws sagemaker list-model-packages --model-package-group-name {side.group.rpartition('/')[2]}`.",
            topic="model-not-promotable",
        ) from error
    return package


def _require_approval(package: Mapping[str, Any], side: Side, version: int) -> None:
    status = package.get("ModelApprovalStatus")
    if status == APPROVED:
        return
    raise UserError(
        f"model {version} in {side.environment} has the status {status}, and only approved models are promoted. "
        f"Approve it first: `aws sagemaker update-model-package --model-package-arn {package['ModelPackageArn']} "
        f"--model-approval-status {APPROVED}`.",
        topic="model-not-promotable",
    )


def _find(uri: str, promotion: Promotion, side: Side, version: int) -> StoredObject:
    bucket, key = split_object_uri(uri)
    if bucket != side.bucket or not key.startswith(promotion.readable_prefixes):
        raise UserError(
            f"model {version} in {side.environment} refers to {uri}, which cannot be promoted. Allowed: objects in "
            f"s3://{side.bucket}/ below {', '.join(promotion.readable_prefixes)}.",
            topic="model-not-promotable",
        )
    found = find_object(side.client("s3"), bucket=bucket, key=key)
    if found is None:
        raise MissingObjectError(
            f"model {version} in {side.environment} refers to {uri}, which no longer exists. Restore the object from "
            "its earlier version, or rebuild the model with `mlproject rebuild`.",
            exit_code=1,
        )
    return found


def _is_script(uri: str, source: Side) -> bool:
    """Whether an object is an inference script, which `cdk deploy` uploaded to the bootstrap bucket of the source."""
    bucket, key = split_object_uri(uri)
    return bucket == source.code_bucket and key.endswith(SCRIPT_SUFFIX)


def _find_script(uri: str, source: Side, target: Side, version: int) -> StoredObject:
    """Return an inference script in the target's bootstrap bucket, where it has the same key, the hash of its content.

    The source's bootstrap bucket has the code of every project, and its AWS managed key cannot be used by another
    account: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
    """
    _, key = split_object_uri(uri)
    found = find_object(target.client("s3"), bucket=target.code_bucket, key=key)
    if found is None:
        raise MissingObjectError(
            f"model {version} in {source.environment} was registered with the inference script {key}, which was never "
            f"deployed to {target.environment}. Deploy the commit of the model there first.",
            exit_code=1,
        )
    return found


def _unchanged_artifact(
    package: Mapping[str, Any], objects: Mapping[str, StoredObject], side: Side, version: int
) -> StoredObject:
    """Return the artifact, after verifying that it is the one that was registered and approved."""
    found = objects.get(artifact_uri(package) or "")
    if found is not None:
        etag = recorded_etag(package)
        if etag and etag != found.etag:
            raise _changed(side, version, f"its ETag is {found.etag}, and {etag} was registered")
        if found.written > package["CreationTime"]:
            raise _changed(
                side,
                version,
                f"it was written at {found.written:%Y-%m-%d %H:%M:%S} UTC, and the model registered at "
                f"{package['CreationTime']:%Y-%m-%d %H:%M:%S}",
            )
        return found
    raise UserError(
        f"model {version} in {side.environment} has no artifact (ModelDataUrl), and so nothing to promote. Register "
        "models whose artifact is one model.tar.gz.",
        topic="model-not-promotable",
    )


def _changed(side: Side, version: int, reason: str) -> UserError:
    return UserError(
        f"the artifact of model {version} in {side.environment} is not the one that was registered: {reason}. "
        "Train and register the model again.",
        exit_code=1,
        topic="model-not-promotable",
    )


def _existing(side: Side, *, source_arn: str, sha256: str) -> Mapping[str, Any] | None:
    """Return the version that an earlier promotion registered; None if there is none."""
    sagemaker = side.client("sagemaker")
    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=side.group)
    for page in pages:
        for summary in page["ModelPackageSummaryList"]:
            package: Mapping[str, Any] = sagemaker.describe_model_package(ModelPackageName=summary["ModelPackageArn"])
            metadata = package.get("CustomerMetadataProperties", {})
            if (metadata.get(PROMOTED_FROM), metadata.get(ARTIFACT_SHA256)) == (source_arn, sha256):
                return package
    return None


def _approved(side: Side, package: Mapping[str, Any], *, approve: bool) -> str:
    """Approve an existing version that still waits for it, and return its status. A rejection stands."""
    status = str(package.get("ModelApprovalStatus"))
    if not approve or status != PENDING:
        return status
    side.client("sagemaker").update_model_package(
        ModelPackageArn=package["ModelPackageArn"], ModelApprovalStatus=APPROVED
    )
    return APPROVED
