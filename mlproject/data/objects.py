"""Bring the files of a data set into the data bucket, except objects that already have the same content."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from mlproject.data.bucket_scan import split_uri
from mlproject.data.dataset import DataFile
from mlproject.data.files import LocatedFile
from mlproject.data.upload import MINIMUM_PART_BYTES, record_path, upload_in_parts
from mlproject.errors import UserError
from mlproject.translation import Message

# Metadata of each object. S3 stores it only with the complete object, so an interrupted upload leaves none.
HASH = "sha256"
ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})

Progress = Callable[[DataFile, int], None]


@dataclass(frozen=True, kw_only=True)
class Upload:
    """The result of uploading or copying one file.

    Args:
        uri: S3 URI of the object.
        bytes: size of the file.
        action: what happened.
    """

    uri: str
    bytes: int
    action: str


def upload_files(
    files: tuple[LocatedFile, ...],
    *,
    s3: Any,
    bucket: str,
    prefix: str,
    state: Path,
    progress: Progress = lambda _file, _bytes: None,
) -> tuple[Upload, ...]:
    """Upload each file that is not in S3 yet. The bucket encrypts it by default.

    Args:
        files: verified files, see `verify`.
        s3: a boto3 client.
        bucket: name of the data bucket.
        prefix: prefix of each key, such as `raw/2013/`.
        state: folder for the records of started uploads, with which an interrupted upload continues.
        progress: called with a file and the number of bytes uploaded since the last call.

    Raises:
        UserError: an object was uploaded with other content. Nothing is uploaded.
    """
    existing = _existing(s3, bucket, prefix, [located.file for located in files])
    uploads = []
    for located in files:
        file, key = located.file, f"{prefix}{located.file.name}"
        present = file.name in existing
        if present:
            progress(file, file.bytes)
        elif file.bytes <= MINIMUM_PART_BYTES:
            s3.put_object(Bucket=bucket, Key=key, Body=located.path.read_bytes(), Metadata={HASH: file.sha256})
            progress(file, file.bytes)
        else:
            try:
                upload_in_parts(
                    located,
                    s3=s3,
                    bucket=bucket,
                    key=key,
                    metadata={HASH: file.sha256},
                    folder=state,
                    progress=partial(progress, file),
                )
            except ClientError as error:
                # Another process may have completed the same upload, or S3's answer to its completion was lost.
                if error.response["Error"]["Code"] != "NoSuchUpload" or not _exists(s3, bucket, key, file):
                    raise
        # An interrupted command may have left it although the object is complete.
        record_path(state, bucket=bucket, key=key).unlink(missing_ok=True)
        action = Message("already there") if present else Message("uploaded")
        uploads.append(Upload(uri=f"s3://{bucket}/{key}", bytes=file.bytes, action=action))
    return tuple(uploads)


def copy_objects(
    files: tuple[DataFile, ...],
    *,
    source: str,
    s3: Any,
    bucket: str,
    prefix: str,
    progress: Progress = lambda _file, _bytes: None,
) -> tuple[Upload, ...]:
    """Copy each existing object that is not in the data bucket yet, within S3.

    Args:
        files: files with the ETag of their object.
        source: prefix of the existing objects, such as s3://company-lake/wine/.
        s3: a boto3 client.
        bucket: name of the data bucket.
        prefix: prefix of each key, such as `raw/2013/`.
        progress: called with a file and the number of bytes copied since the last call.

    Raises:
        UserError: objects are missing or changed since data.json was locked, or an object was uploaded with other
            content. Nothing is copied.
    """
    source_bucket, source_prefix = split_uri(source)
    changed = [
        f"{source}{file.name}: is missing or changed since data.json was locked."
        for file in files
        if not _is_unchanged(s3, source_bucket, f"{source_prefix}{file.name}", file)
    ]
    if changed:
        raise UserError(
            "\n".join([*changed, "Nothing was copied. Lock the data again with `mlproject data lock`."]),
            topic="data-changed",
        )
    existing = _existing(s3, bucket, prefix, files)
    uploads = []
    for file in files:
        key = f"{prefix}{file.name}"
        present = file.name in existing
        if present:
            progress(file, file.bytes)
        else:
            s3.copy(
                {"Bucket": source_bucket, "Key": f"{source_prefix}{file.name}"},
                bucket,
                key,
                ExtraArgs={
                    "CopySourceIfMatch": f'"{file.etag}"',
                    "MetadataDirective": "REPLACE",
                    "Metadata": {HASH: file.sha256},
                },
                Callback=partial(progress, file),
            )
        action = Message("already there") if present else Message("copied")
        uploads.append(Upload(uri=f"s3://{bucket}/{key}", bytes=file.bytes, action=action))
    return tuple(uploads)


def _existing(s3: Any, bucket: str, prefix: str, files: Iterable[DataFile]) -> frozenset[str]:
    """Return the names of the files that are in S3.

    Raises:
        UserError: an object was uploaded with other content, which a model may have been trained on.
    """
    heads = {file: _head(s3, bucket, f"{prefix}{file.name}") for file in files}
    different = [
        f"s3://{bucket}/{prefix}{file.name}: was uploaded with other content."
        for file, head in heads.items()
        if head is not None and head["Metadata"].get(HASH, file.sha256) != file.sha256
    ]
    if different:
        remedy = "Nothing was uploaded. Lock the data with another version: `mlproject data lock --version`."
        raise UserError("\n".join([*different, remedy]), topic="data-changed")
    return frozenset(file.name for file, head in heads.items() if head is not None and _has_content(head, file))


def _has_content(head: Any, file: DataFile) -> bool:
    return bool(head["ContentLength"] == file.bytes and head["Metadata"].get(HASH) == file.sha256)


def _exists(s3: Any, bucket: str, key: str, file: DataFile) -> bool:
    head = _head(s3, bucket, key)
    return head is not None and _has_content(head, file)


def _is_unchanged(s3: Any, bucket: str, key: str, file: DataFile) -> bool:
    head = _head(s3, bucket, key)
    return head is not None and head["ETag"].strip('"') == file.etag


def _head(s3: Any, bucket: str, key: str) -> Any:
    """Return the head of an object, or None if it does not exist."""
    try:
        return s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ABSENT:
            return None
        raise
