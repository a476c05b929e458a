"""Describe objects in S3 by size, hash and ETag."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from mlproject.data.dataset import FILE_NAME, S3_PREFIX, DataFile
from mlproject.errors import UserError


def split_uri(uri: str) -> tuple[str, str]:
    """Return the bucket and the prefix of an S3 URI such as s3://company-lake/wine/.

    Raises:
        UserError: it is not a prefix that ends with a slash.
    """
    if not re.fullmatch(S3_PREFIX, uri):
        raise UserError(f"{uri}: must be a prefix in S3 that ends with a slash, such as s3://company-lake/wine/.")
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    return bucket, prefix


def scan_bucket(
    uri: str, *, s3: Any, progress: Callable[[str, int], None] = lambda _name, _bytes: None
) -> tuple[DataFile, ...]:
    """Read every object below a prefix. Memory does not grow with their size.

    Args:
        uri: a prefix such as s3://company-lake/wine/.
        s3: a boto3 client that may list and read the objects.
        progress: called with a name and the number of bytes read since the last call.

    Raises:
        UserError: there are no objects, or some cannot be part of a data set. The message contains all of them.
    """
    bucket, prefix = split_uri(uri)
    files: list[DataFile] = []
    findings: list[str] = []
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for found in (found for page in pages for found in page.get("Contents", [])):
        key, name = found["Key"], found["Key"].removeprefix(prefix)
        if key.endswith("/"):
            continue  # a folder as the console creates it
        if not re.fullmatch(FILE_NAME, name):
            findings.append(
                f"s3://{bucket}/{key}: has a name that is not portable. Use letters, digits, spaces and `_ . - = @ +`."
            )
        elif found["Size"] == 0:
            findings.append(f"s3://{bucket}/{key}: is empty.")
        else:
            files.append(_describe(s3, bucket, found, name, progress))
    if findings:
        raise UserError("\n".join([*findings, "Nothing was written."]))
    if not files:
        raise UserError(f"{uri}: contains no objects.")
    return tuple(files)


def _describe(s3: Any, bucket: str, found: Any, name: str, progress: Callable[[str, int], None]) -> DataFile:
    digest = hashlib.sha256()
    body = s3.get_object(Bucket=bucket, Key=found["Key"], IfMatch=found["ETag"])["Body"]
    for block in body.iter_chunks(1 << 20):
        digest.update(block)
        progress(name, len(block))
    return DataFile(name=name, bytes=found["Size"], sha256=digest.hexdigest(), etag=found["ETag"].strip('"'))
