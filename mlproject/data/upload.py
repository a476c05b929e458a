"""Upload a large file to S3 in parts, and continue an upload that was interrupted."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from mlproject.data.files import LocatedFile
from mlproject.errors import UserError
from mlproject.files import write_atomically

# S3 allows 10,000 parts of 5 MiB to 5 GiB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
PARTS_LIMIT = 10_000
MINIMUM_PART_BYTES = 16 * 1024**2
# Each thread holds one part in memory.
THREADS = 4


@dataclass(frozen=True, kw_only=True)
class StartedUpload:
    """A multipart upload that was started, as recorded on this machine."""

    upload_id: str
    bucket: str
    key: str
    sha256: str
    part_bytes: int


def record_path(folder: Path, *, bucket: str, key: str) -> Path:
    """Return the file of the record of an upload.

    Args:
        folder: folder for the records of started uploads.
        bucket: name of the bucket.
        key: key of the object.
    """
    return folder / f"{hashlib.sha256(f'{bucket}/{key}'.encode()).hexdigest()}.json"


def upload_in_parts(
    located: LocatedFile,
    *,
    s3: Any,
    bucket: str,
    key: str,
    metadata: dict[str, str],
    folder: Path,
    progress: Callable[[int], None],
) -> None:
    """Upload a verified file. If an earlier upload of the same content was interrupted, only missing parts are sent.

    The record of the upload stays until the caller removes it.

    Args:
        located: the file, which `verify` has verified.
        s3: a boto3 client.
        bucket: name of the bucket.
        key: key of the object.
        metadata: metadata of the object.
        folder: folder for the records of started uploads.
        progress: called with the number of bytes that are in S3 since the last call.

    Raises:
        UserError: the file changed while it was uploaded. No object is created.
    """
    record = record_path(folder, bucket=bucket, key=key)
    before = _state(located.path)
    upload, parts = _resume(record, located, s3=s3, bucket=bucket, key=key)
    if upload is None:
        upload = _start(record, located, s3=s3, bucket=bucket, key=key, metadata=metadata)
    count = math.ceil(located.file.bytes / upload.part_bytes)
    for number in parts:
        progress(_size(number, upload.part_bytes, located.file.bytes))
    with ThreadPoolExecutor(THREADS) as pool:
        jobs = {
            pool.submit(_send, s3, upload, located.path, number): number
            for number in range(1, count + 1)
            if number not in parts
        }
        try:
            for job in as_completed(jobs):
                number = jobs[job]
                parts[number] = job.result()
                progress(_size(number, upload.part_bytes, located.file.bytes))
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    if _state(located.path) != before:
        s3.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload.upload_id)
        record.unlink(missing_ok=True)
        raise UserError(f"{located.path}: changed while it was uploaded. Nothing was stored. Run the command again.")
    listed = [{"PartNumber": number, "ETag": parts[number]} for number in sorted(parts)]
    s3.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload.upload_id, MultipartUpload={"Parts": listed})


def _start(
    record: Path, located: LocatedFile, *, s3: Any, bucket: str, key: str, metadata: dict[str, str]
) -> StartedUpload:
    created = s3.create_multipart_upload(Bucket=bucket, Key=key, Metadata=metadata)
    upload = StartedUpload(
        upload_id=created["UploadId"],
        bucket=bucket,
        key=key,
        sha256=located.file.sha256,
        part_bytes=max(MINIMUM_PART_BYTES, math.ceil(located.file.bytes / PARTS_LIMIT)),
    )
    write_atomically(record, json.dumps(asdict(upload)))
    return upload


def _resume(
    record: Path, located: LocatedFile, *, s3: Any, bucket: str, key: str
) -> tuple[StartedUpload | None, dict[int, str]]:
    """Return the recorded upload and the ETags of its parts, or None if there is none for this content."""
    try:
        upload = StartedUpload(**json.loads(record.read_text()))
    except (OSError, ValueError, TypeError):
        return None, {}
    if (upload.bucket, upload.key, upload.sha256) != (bucket, key, located.file.sha256):
        return None, {}
    try:
        pages = list(s3.get_paginator("list_parts").paginate(Bucket=bucket, Key=key, UploadId=upload.upload_id))
    except ClientError as error:
        # Completed, aborted, or deleted by the bucket's lifecycle rule.
        if error.response["Error"]["Code"] == "NoSuchUpload":
            return None, {}
        raise
    parts = {part["PartNumber"]: part for page in pages for part in page.get("Parts", [])}
    return upload, {
        number: part["ETag"]
        for number, part in parts.items()
        if part["Size"] == _size(number, upload.part_bytes, located.file.bytes)
    }


def _send(s3: Any, upload: StartedUpload, path: Path, number: int) -> str:
    with path.open("rb") as content:
        content.seek((number - 1) * upload.part_bytes)
        body = content.read(upload.part_bytes)
    # The SDK adds a checksum, which S3 verifies.
    sent = s3.upload_part(Bucket=upload.bucket, Key=upload.key, UploadId=upload.upload_id, PartNumber=number, Body=body)
    etag: str = sent["ETag"]
    return etag


def _size(number: int, part_bytes: int, total: int) -> int:
    return min(part_bytes, total - (number - 1) * part_bytes)


def _state(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino
