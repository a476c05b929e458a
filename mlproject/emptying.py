"""Delete what keeps a project's stacks from being destroyed: objects in its buckets, versions in its model group.

S3 deletes no bucket with a version or a delete marker in it
(https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html), SageMaker no group with versions
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
# The buckets in the order in which they are emptied: the others' deletions are written to this one's logs.
LAST = "access-logs"


@dataclass(frozen=True, kw_only=True)
class BucketContent:
    """What a bucket holds.

    Args:
        bucket: its name.
        versions: object versions and delete markers.
        bytes: of all of them.
    """

    bucket: str
    versions: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a project holds in one environment.

    Args:
        buckets: those that exist, in the order in which they are to be emptied.
        group: the model package group's name, if it exists.
        model_packages: the ARNs of its versions.
    """

    buckets: tuple[BucketContent, ...]
    group: str | None
    model_packages: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not self.model_packages and not any(bucket.versions for bucket in self.buckets)


def look(names: Names, client: Callable[[str], Any]) -> Content:
    """Count what is there.

    Args:
        names: the project's, in its environment.
        client: gives a boto3 client by the service's name.
    """
    uses = sorted(BUCKET_USES, key=lambda use: use == LAST)
    counted = [_count(client("s3"), names.bucket(use)) for use in uses]
    packages = _model_packages(client("sagemaker"), names.model_package_group)
    return Content(
        buckets=tuple(bucket for bucket in counted if bucket),
        group=None if packages is None else names.model_package_group,
        model_packages=packages or (),
    )


def empty(content: Content, client: Callable[[str], Any], *, progress: Callable[[str, int], None]) -> int:
    """Delete all of it, and what came since it was counted.

    Args:
        content: from `look`.
        client: gives a boto3 client by the service's name.
        progress: told the bucket or group, and how many more of its versions are deleted.

    Returns:
        how many versions, markers and model packages were deleted.

    Raises:
        UserError: S3 refused to delete an object; named with the reason.
    """
    deleted = 0
    for arn in content.model_packages:
        client("sagemaker").delete_model_package(ModelPackageName=arn)
        progress(content.group or "", 1)
        deleted += 1
    for bucket in content.buckets:
        deleted += _empty_bucket(client("s3"), bucket.bucket, progress)
    return deleted


def _count(s3: Any, bucket: str) -> BucketContent | None:
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
    """Delete the first page until there is none: what another writes meanwhile goes as well."""
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
                f"s3://{bucket}/{first['Key']}: S3 refused to delete it ({first['Code']}: {first['Message']}), "
                f"and {len(refused) - 1} more; what is deleted so far stays deleted; mend it and repeat the command.",
                exit_code=1,
            )
        progress(bucket, len(found))
        deleted += len(found)


def _model_packages(sagemaker: Any, group: str) -> tuple[str, ...] | None:
    """The versions of a group; None where there is no such group."""
    try:
        sagemaker.describe_model_package_group(ModelPackageGroupName=group)
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    return tuple(package["ModelPackageArn"] for page in pages for package in page["ModelPackageSummaryList"])
