"""Copy objects between the buckets of two accounts, and verify their checksums."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from mlproject.errors import UserError

_BLOCK = 1024 * 1024


class MissingObjectError(UserError):
    """There is no such object."""


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """An object in S3.

    Args:
        bucket: its bucket.
        key: its key.
        bytes: its size.
        etag: its ETag without quotes, which changes with the content.
        written: when it was written, UTC, in whole seconds.
    """

    bucket: str
    key: str
    bytes: int
    etag: str
    written: datetime

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def split_object_uri(uri: str) -> tuple[str, str]:
    """Return the bucket and the key of an S3 URI."""
    parts = urlsplit(uri)
    return parts.netloc, parts.path.removeprefix("/")


def find_object(s3: Any, *, bucket: str, key: str) -> StoredObject | None:
    """Return an object; None if it does not exist.

    It is listed, since the answer to HeadObject for a missing object is 403 without s3:ListBucket on the whole bucket:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html

    Args:
        s3: a boto3 client.
        bucket: the bucket.
        key: the key.
    """
    for each in s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents", []):
        if each["Key"] == key:
            return StoredObject(
                bucket=bucket,
                key=key,
                bytes=each["Size"],
                etag=each["ETag"].strip('"'),
                written=each["LastModified"],
            )
    return None


def hash_content(s3: Any, *, bucket: str, key: str, etag: str) -> str:
    """Return the SHA-256 of an object's content, in hexadecimal digits.

    Args:
        s3: a boto3 client.
        bucket: the bucket.
        key: the key.
        etag: the expected ETag, so that S3 refuses an object that was replaced in the meantime.
    """
    digest = hashlib.sha256()
    body = s3.get_object(Bucket=bucket, Key=key, IfMatch=etag)["Body"]
    for block in body.iter_chunks(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def copy_verified(source_s3: Any, target_s3: Any, *, found: StoredObject, bucket: str, prefix: str) -> tuple[str, str]:
    """Copy an object, unless an identical copy exists, and verify the copy's content.

    The key contains the hash of the content, so that a copy is never replaced by other content, and an interrupted
    promotion finds what it copied.

    Args:
        source_s3: a boto3 client in the region of the source.
        target_s3: a boto3 client in the region of the target.
        found: the object.
        bucket: the target's bucket.
        prefix: prefix of the copies.

    Returns:
        The URI of the copy, and the SHA-256 of its content.

    Raises:
        UserError: the content of the copy differs.
    """
    sha256 = hash_content(source_s3, bucket=found.bucket, key=found.key, etag=found.etag)
    key = f"{prefix}{sha256}/{found.key.rpartition('/')[2]}"
    copy = find_object(target_s3, bucket=bucket, key=key)
    if copy is None or copy.bytes != found.bytes:
        # The managed copy splits objects of more than 5 GB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/copy-object.html
        # Tags and metadata of the source would need further permissions.
        target_s3.copy(
            {"Bucket": found.bucket, "Key": found.key},
            bucket,
            key,
            ExtraArgs={"TaggingDirective": "REPLACE", "MetadataDirective": "REPLACE", "ChecksumAlgorithm": "SHA256"},
            SourceClient=source_s3,
        )
        copy = find_object(target_s3, bucket=bucket, key=key)
    if copy is None or hash_content(target_s3, bucket=bucket, key=key, etag=copy.etag) != sha256:
        raise UserError(
            f"the content of s3://{bucket}/{key} differs from that of {found.uri} (SHA-256 {sha256}), so no model was "
            "registered. Delete the copy, and run the command again.",
            exit_code=1,
        )
    return f"s3://{bucket}/{key}", sha256
