"""Upload a locked list to S3. The list is uploaded after its wheels, so that it never refers to a missing wheel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from mlproject.libraries.lists import LibraryList
from mlproject.libraries.lock import Wheel, read_lock

MISSING = {"404", "NoSuchKey", "NotFound"}
_CONCURRENCY = 8


@dataclass(frozen=True, kw_only=True)
class PushResult:
    """The result of a push.

    Args:
        library_list: the list.
        uri: S3 URI of the locked list.
        libraries: number of libraries in the list.
        uploaded: file names of the uploaded wheels, without those that were already in S3.
        changed: whether the list in S3 changed.
    """

    library_list: LibraryList
    uri: str
    libraries: int
    uploaded: tuple[str, ...]
    changed: bool


def read_pushed(library_list: LibraryList, *, s3: Any, bucket: str) -> str | None:
    """Return the text of the locked list in S3; None if it does not exist."""
    try:
        return str(s3.get_object(Bucket=bucket, Key=library_list.key)["Body"].read().decode())
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return None
        raise


def existing_wheels(wheels: Sequence[Wheel], *, s3: Any, bucket: str) -> tuple[Wheel, ...]:
    """Return the wheels that are already in S3."""
    with ThreadPoolExecutor(_CONCURRENCY) as pool:
        exist = list(pool.map(lambda wheel: _exists(wheel, s3, bucket), wheels))
    return tuple(wheel for wheel, exists in zip(wheels, exist, strict=True) if exists)


def push_wheels(
    files: Mapping[Wheel, Path], *, s3: Any, bucket: str, progress: Callable[[str], None] = lambda _file: None
) -> tuple[str, ...]:
    """Upload wheels that are not in S3 yet, and return their file names. The bucket encrypts them by default.

    Args:
        files: the local paths of the wheels.
        s3: a boto3 client.
        bucket: name of the artifacts bucket.
        progress: called with the file name of each wheel that is in S3.
    """

    def upload(wheel: Wheel) -> str | None:
        missing = not _exists(wheel, s3, bucket)
        if missing:
            # S3 verifies the checksum, so an incomplete wheel is not stored.
            s3.upload_file(str(files[wheel]), bucket, wheel.key, ExtraArgs={"ChecksumAlgorithm": "SHA256"})
        progress(wheel.file)
        return wheel.file if missing else None

    with ThreadPoolExecutor(_CONCURRENCY) as pool:
        return tuple(name for name in pool.map(upload, files) if name)


def push_list(library_list: LibraryList, text: str, *, s3: Any, bucket: str) -> PushResult:
    """Upload a list whose wheels are in S3, unless the list there is the same.

    Args:
        library_list: the list.
        text: text of its lock, which is uploaded as it is.
        s3: a boto3 client.
        bucket: name of the artifacts bucket.
    """
    changed = read_pushed(library_list, s3=s3, bucket=bucket) != text
    if changed:
        s3.put_object(Bucket=bucket, Key=library_list.key, Body=text.encode(), ContentType="text/plain; charset=utf-8")
    return PushResult(
        library_list=library_list,
        uri=f"s3://{bucket}/{library_list.key}",
        libraries=len(read_lock(text).pins),
        uploaded=(),
        changed=changed,
    )


def _exists(wheel: Wheel, s3: Any, bucket: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=wheel.key)
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return False
        raise
    return True
