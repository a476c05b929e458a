"""Custom::CDKBucketDeployment."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any
from uuid import uuid4

from embedded_aws.resources._archive import read_archive
from embedded_aws.resources._common import call, ignoring
from embedded_aws.resources.custom_resources._custom_resource import CustomResource, is_true
from embedded_aws.resources.handler import Context, HandlerError, Properties, handler

# A bucket with such a tag, and the prefix behind it, belongs to another deployment: its objects stay.
_OWNER_TAG = "aws-cdk:cr-owned"
# The options of `aws s3 sync` that CDK's SystemMetadata becomes, and S3's name for each.
# https://docs.aws.amazon.com/cli/latest/reference/s3/sync.html
_SYSTEM_METADATA: Mapping[str, str] = {
    "acl": "ACL",
    "cache-control": "CacheControl",
    "content-disposition": "ContentDisposition",
    "content-encoding": "ContentEncoding",
    "content-language": "ContentLanguage",
    "content-type": "ContentType",
    "expires": "Expires",
    "sse": "ServerSideEncryption",
    "sse-kms-key-id": "SSEKMSKeyId",
    "storage-class": "StorageClass",
    "website-redirect": "WebsiteRedirectLocation",
}


@handler
class CDKBucketDeployment(CustomResource):
    type_name = "Custom::CDKBucketDeployment"
    supported = frozenset(
        {
            "DestinationBucketArn",
            "DestinationBucketKeyPrefix",
            "DestinationBucketName",
            "Exclude",
            "Extract",
            "Include",
            "OutputObjectKeys",
            "Prune",
            "RetainOnDelete",
            "ServiceToken",
            "SignContent",
            "SourceBucketNames",
            "SourceMarkers",
            "SourceMarkersConfig",
            "SourceObjectKeys",
            "UserMetadata",
            "WaitForDistributionInvalidation",  # of a distribution, which is not supported
            *(f"SystemMetadata.{name}" for name in _SYSTEM_METADATA),
        }
    )

    def physical_id(self, context: Context, properties: Properties) -> str:
        return f"aws.cdk.s3deployment.{uuid4()}"

    def attributes(self, properties: Properties) -> dict[str, Any]:
        shown = is_true(properties, "OutputObjectKeys", default=True)
        return {
            "DestinationBucketArn": properties.get("DestinationBucketArn", ""),
            "SourceObjectKeys": list(properties["SourceObjectKeys"]) if shown else [],
        }

    def on_create(self, context: Context, properties: Properties) -> None:
        bucket, prefix = _destination(properties)
        files = dict(_source_files(context, properties))
        included = {name: content for name, content in files.items() if _is_included(name, properties)}
        options = _upload_options(properties)
        for name, content in included.items():
            guessed, encoding = mimetypes.guess_type(name)
            kind = {"ContentType": guessed} if guessed and not encoding else {}
            call(context, "s3", "PutObject", Bucket=bucket, Key=prefix + name, Body=content, **{**kind, **options})
        if is_true(properties, "Prune", default=True):
            for key in list(_keys(context, bucket, prefix)):
                name = key.removeprefix(prefix)
                if name not in files and _is_included(name, properties):
                    call(context, "s3", "DeleteObject", Bucket=bucket, Key=key)

    def on_update(self, context: Context, old: Properties, new: Properties) -> None:
        if _destination(old) != _destination(new) and not is_true(new, "RetainOnDelete", default=True):
            _delete_all(context, *_destination(old))
        self.on_create(context, new)

    def on_delete(self, context: Context, properties: Properties) -> None:
        if is_true(properties, "RetainOnDelete", default=True):
            return
        bucket, prefix = _destination(properties)
        if not _belongs_to_another(context, bucket, prefix.removesuffix("/")):
            _delete_all(context, bucket, prefix)


def _destination(properties: Properties) -> tuple[str, str]:
    """The bucket, and the prefix with a slash at its end; none for the whole bucket."""
    prefix = properties.get("DestinationBucketKeyPrefix", "").removesuffix("/")
    return properties["DestinationBucketName"], f"{prefix}/" if prefix else ""


def _source_files(context: Context, properties: Properties) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file of the sources, in their order: a later source wins."""
    buckets, keys = properties["SourceBucketNames"], properties["SourceObjectKeys"]
    markers = properties.get("SourceMarkers") or [{}] * len(buckets)
    configurations = properties.get("SourceMarkersConfig") or [{}] * len(buckets)
    if not len(buckets) == len(keys) == len(markers) == len(configurations):
        raise HandlerError("SourceBucketNames, SourceObjectKeys and SourceMarkers must have the same length")
    for bucket, key, values, configuration in zip(buckets, keys, markers, configurations, strict=True):
        archive = call(context, "s3", "GetObject", Bucket=bucket, Key=key)["Body"].read()
        if not is_true(properties, "Extract", default=True):
            yield PurePosixPath(key).name, archive
            continue
        escaped = is_true(configuration, "jsonEscape", default=False)
        for name, content in read_archive(archive, source=f"s3://{bucket}/{key}"):
            yield name, _replace_markers(content, values, escaped=escaped)


def _replace_markers(content: bytes, markers: Mapping[str, Any], *, escaped: bool) -> bytes:
    """Put the values that were unknown at synthesis in place of their markers."""
    for marker, value in markers.items():
        text = json.dumps(value) if escaped else str(value)
        if escaped and isinstance(value, str):
            text = text[1:-1]  # inside the quotes that the file has already
        content = content.replace(marker.encode(), text.encode())
    return content


def _is_included(name: str, properties: Properties) -> bool:
    """Whether `aws s3 sync` looks at a file: its last matching filter decides, and CDK puts inclusions last.

    https://docs.aws.amazon.com/cli/latest/reference/s3/#use-of-exclude-and-include-filters
    """
    if any(fnmatchcase(name, pattern) for pattern in properties.get("Include") or []):
        return True
    return not any(fnmatchcase(name, pattern) for pattern in properties.get("Exclude") or [])


def _upload_options(properties: Properties) -> dict[str, Any]:
    system = {_SYSTEM_METADATA[name.lower()]: value for name, value in (properties.get("SystemMetadata") or {}).items()}
    user = {name.lower(): value for name, value in (properties.get("UserMetadata") or {}).items()}
    return {**system, **({"Metadata": user} if user else {})}


def _keys(context: Context, bucket: str, prefix: str) -> Iterator[str]:
    for page in context.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from (each["Key"] for each in page.get("Contents", []))


def _delete_all(context: Context, bucket: str, prefix: str) -> None:
    for key in list(_keys(context, bucket, prefix)):
        call(context, "s3", "DeleteObject", Bucket=bucket, Key=key)


def _belongs_to_another(context: Context, bucket: str, prefix: str) -> bool:
    tag = f"{_OWNER_TAG}:{prefix}" if prefix else _OWNER_TAG
    with ignoring("NoSuchTagSet"):
        return any(
            each["Key"].startswith(tag) for each in call(context, "s3", "GetBucketTagging", Bucket=bucket)["TagSet"]
        )
    return False
