"""Upload verified files; what is there already with the same content stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from mlproject.data.files import Located

# Metadata of each object; it appears only with the whole object, so an interrupted upload leaves none.
HASH = "sha256"


@dataclass(frozen=True, kw_only=True)
class Push:
    """What an upload did with one file.

    Args:
        uri: the object.
        bytes: its size.
        uploaded: False when it was there already.
    """

    uri: str
    bytes: int
    uploaded: bool


def push(
    files: tuple[Located, ...],
    *,
    s3: Any,
    bucket: str,
    prefix: str,
    progress: Callable[[Located, int], None] = lambda _file, _bytes: None,
) -> tuple[Push, ...]:
    """Upload each file that is not there yet; the bucket's own default encrypts it.

    Args:
        files: verified; see `verify`.
        s3: a boto3 client.
        bucket: the data bucket's name.
        prefix: the front of each key, such as `raw/2013/`.
        progress: told a file and how many more of its bytes are done.
    """
    done = []
    for located in files:
        key = f"{prefix}{located.file.name}"
        present = _is_there(s3, bucket, key, located)
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
        done.append(Push(uri=f"s3://{bucket}/{key}", bytes=located.file.bytes, uploaded=not present))
    return tuple(done)


def _is_there(s3: Any, bucket: str, key: str, located: Located) -> bool:
    try:
        head = s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"404", "NoSuchKey", "NotFound"}:
            return False
        raise
    return bool(head["ContentLength"] == located.file.bytes and head["Metadata"].get(HASH) == located.file.sha256)
