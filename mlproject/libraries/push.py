"""Upload a resolved list: each wheel by its content, the list last, so that nobody reads one without its wheels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from mlproject.libraries.lists import Wanted
from mlproject.libraries.lock import Lock, Wheel

_MISSING = {"404", "NoSuchKey", "NotFound"}
_AT_ONCE = 8


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """What became of a list.

    Args:
        wanted: the list.
        uri: the resolved list in S3.
        libraries: how many it names.
        uploaded: the wheels that were not there yet.
        changed: whether the list in S3 is another now.
    """

    wanted: Wanted
    uri: str
    libraries: int
    uploaded: tuple[str, ...]
    changed: bool


def read_pushed(wanted: Wanted, *, s3: Any, bucket: str) -> str | None:
    """The resolved list that is there; None if there is none."""
    try:
        return str(s3.get_object(Bucket=bucket, Key=wanted.key)["Body"].read().decode())
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            return None
        raise


def present(wheels: Sequence[Wheel], *, s3: Any, bucket: str) -> tuple[Wheel, ...]:
    """Those wheels that are there."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = list(pool.map(lambda wheel: _is_there(wheel, s3, bucket), wheels))
    return tuple(wheel for wheel, there in zip(wheels, found, strict=True) if there)


def push(
    wanted: Wanted,
    lock: Lock,
    files: Mapping[Wheel, Path],
    *,
    s3: Any,
    bucket: str,
    progress: Callable[[str], None] = lambda _file: None,
) -> Pushed:
    """Upload what is not there yet; the bucket's own default encrypts it.

    Args:
        wanted: the list.
        lock: with its wheels.
        files: where the wheels are that may not be in S3 yet.
        s3: a boto3 client.
        bucket: the artifacts bucket's name.
        progress: told each of these wheels when it is in S3.
    """

    def upload(wheel: Wheel) -> str | None:
        missing = not _is_there(wheel, s3, bucket)
        if missing:
            # S3 compares what it got with this, so a wheel is stored whole or not at all.
            s3.upload_file(str(files[wheel]), bucket, wheel.key, ExtraArgs={"ChecksumAlgorithm": "SHA256"})
        progress(wheel.file)
        return wheel.file if missing else None

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        uploaded = list(pool.map(upload, files))
    text = lock.text(wanted)
    changed = read_pushed(wanted, s3=s3, bucket=bucket) != text
    if changed:
        s3.put_object(Bucket=bucket, Key=wanted.key, Body=text.encode(), ContentType="text/plain; charset=utf-8")
    return Pushed(
        wanted=wanted,
        uri=f"s3://{bucket}/{wanted.key}",
        libraries=len(lock.pins),
        uploaded=tuple(name for name in uploaded if name),
        changed=changed,
    )


def _is_there(wheel: Wheel, s3: Any, bucket: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=wheel.key)
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            return False
        raise
    return True
