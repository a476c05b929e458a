"""Upload verified files to S3, except objects that already have the same content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from mlproject.data.files import LocatedFile

# Metadata of each object. S3 stores it only with the complete object, so an interrupted upload leaves none.
HASH = "sha256"


@dataclass(frozen=True, kw_only=True)
class Upload:
    """The result of uploading one file.

    Args:
        uri: S3 URI of the object.
        bytes: size of the file.
        uploaded: False if the object already existed.
    """

    uri: str
    bytes: int
    uploaded: bool


def push(
    files: tuple[LocatedFile, ...],
    *,
    s3: Any,
    bucket: str,
    prefix: str,
    progress: Callable[[LocatedFile, int], None] = lambda _file, _bytes: None,
) -> tuple[Upload, ...]:
    """Upload each file that is not in S3 yet. The bucket encrypts it by default.

    Args:
        files: verified files, see `verify`.
        s3: a boto3 client.
        bucket: name of the data bucket.
        prefix: prefix of each key, such as `raw/2013/`.
        progress: called with a file and the number of bytes uploaded since the last call.
    """
    uploads = []
    for located in files:
        key = f"{prefix}{located.file.name}"
        present = _exists(s3, bucket, key, located)
        if present:
            progress(located, located.file.bytes)
        else:
            s3.upload_file(
                str(located.path),
                bucket,
                key,
                ExtraArgs={"Metadata": {HASH: located.file.sha256}},
                Callback=lambda count, located=located: progress(located, count),
            )
        uploads.append(Upload(uri=f"s3://{bucket}/{key}", bytes=located.file.bytes, uploaded=not present))
    return tuple(uploads)


def _exists(s3: Any, bucket: str, key: str, located: LocatedFile) -> bool:
    try:
        head = s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"404", "NoSuchKey", "NotFound"}:
            return False
        raise
    return bool(head["ContentLength"] == located.file.bytes and head["Metadata"].get(HASH) == located.file.sha256)
