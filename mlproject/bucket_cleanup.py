"""Delete the data that prevents the deletion of a project's stacks: object versions and model package versions.

S3 does not delete a bucket that contains object versions or delete markers
(https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html), and SageMaker does not
delete a model package group that contains versions
(https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteModelPackageGroup.html: ConflictException).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from mlproject.errors import UserError
from mlproject.names import BUCKET_USES, Names

# https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html and API_ListObjectVersions.html
BATCH = 1000
# Emptied last, because S3 logs the deletions in the other buckets to it.
LOG_BUCKET = "access-logs"


@dataclass(frozen=True, kw_only=True)
class BucketContent:
    """Number and size of the object versions in a bucket.

    Args:
        bucket: name of the bucket.
        versions: number of object versions and delete markers.
        bytes: total size of all versions.
    """

    bucket: str
    versions: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class ProjectContent:
    """Data of a project in one environment.

    Args:
        buckets: existing buckets, in the order in which to empty them.
        group: name of the model package group, or None if it does not exist.
        model_packages: ARNs of the versions in the group.
    """

    buckets: tuple[BucketContent, ...]
    group: str | None
    model_packages: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not self.model_packages and not any(bucket.versions for bucket in self.buckets)


def list_content(names: Names, client: Callable[[str], Any]) -> ProjectContent:
    """List the buckets and model packages of a project, with the number of object versions in each bucket.

    Args:
        names: names of the project's resources in the environment.
        client: returns the boto3 client of a service.
    """
    uses = sorted(BUCKET_USES, key=lambda use: use == LOG_BUCKET)
    buckets = [_count_versions(client("s3"), names.bucket(use)) for use in uses]
    packages = _model_packages(client("sagemaker"), names.model_package_group)
    return ProjectContent(
        buckets=tuple(bucket for bucket in buckets if bucket),
        group=None if packages is None else names.model_package_group,
        model_packages=packages or (),
    )


def delete_content(
    content: ProjectContent, client: Callable[[str], Any], *, progress: Callable[[str, int], None]
) -> int:
    """Delete all object versions and model packages, including objects written after they were listed.

    Args:
        content: the result of `list_content`.
        client: returns the boto3 client of a service.
        progress: called after each batch with the bucket or group and the number of deleted versions.

    Returns:
        number of deleted versions, delete markers and model packages.

    Raises:
        UserError: S3 refused to delete an object. The message contains the object and the reason.
    """
    deleted = 0
    for arn in content.model_packages:
        client("sagemaker").delete_model_package(ModelPackageName=arn)
        progress(content.group or "", 1)
        deleted += 1
    for bucket in content.buckets:
        deleted += _empty_bucket(client("s3"), bucket.bucket, progress)
    return deleted


def _count_versions(s3: Any, bucket: str) -> BucketContent | None:
    versions = size = 0
    try:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            found = page.get("Versions", [])
            versions += len(found) + len(page.get("DeleteMarkers", []))
            size += sum(version["Size"] for version in found)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucket":
            return None
        raise
    return BucketContent(bucket=bucket, versions=versions, bytes=size)


def _empty_bucket(s3: Any, bucket: str, progress: Callable[[str, int], None]) -> int:
    """Delete the first page until the bucket is empty, so that objects written meanwhile are deleted too."""
    deleted = 0
    while True:
        page = s3.list_object_versions(Bucket=bucket, MaxKeys=BATCH)
        found = [
            {"Key": each["Key"], "VersionId": each["VersionId"]}
            for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        ]
        if not found:
            return deleted
        refused = s3.delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True}).get("Errors", [])
        if refused:
            first = refused[0]
            raise UserError(
                f"s3://{bucket}/{first['Key']}: S3 refused to delete this object "
                f"({first['Code']}: {first['Message']}). Objects refused in this batch: {len(refused)}. "
                "Objects deleted so far stay deleted. Fix the cause and run the command again.",
                exit_code=1,
            )
        progress(bucket, len(found))
        deleted += len(found)


def _model_packages(sagemaker: Any, group: str) -> tuple[str, ...] | None:
    """ARNs of the versions in a group, or None if the group does not exist."""
    try:
        sagemaker.describe_model_package_group(ModelPackageGroupName=group)
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    return tuple(package["ModelPackageArn"] for page in pages for package in page["ModelPackageSummaryList"])
