"""Replace a pushed list with the one before it, which the versions of the bucket contain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mlproject.errors import UserError
from mlproject.libraries.lists import LibraryList
from mlproject.libraries.lock import Lock, read_lock
from mlproject.libraries.push import existing_wheels


@dataclass(frozen=True, kw_only=True)
class Rollback:
    """The result of a rollback.

    Args:
        uri: S3 URI of the list.
        pushed: time at which the list that is in use again was pushed.
        before: the list that was replaced.
        after: the list that is in use again.
    """

    uri: str
    pushed: datetime
    before: Lock
    after: Lock


def roll_back(library_list: LibraryList, *, s3: Any, bucket: str) -> Rollback:
    """Upload the newest earlier version of a list that differs from the current one. A second call undoes the first.

    Args:
        library_list: the list.
        s3: a boto3 client.
        bucket: name of the artifacts bucket, which keeps old versions for a limited time.

    Raises:
        UserError: there is no earlier version, or one of its wheels no longer exists.
    """
    uri = f"s3://{bucket}/{library_list.key}"
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=library_list.key)
    versions = [each for page in pages for each in page.get("Versions", []) if each["Key"] == library_list.key]
    if not any(each["IsLatest"] for each in versions):
        raise UserError(
            f"{uri}: does not exist. Run `mlproject libraries push` first.", exit_code=1, topic="nothing-to-roll-back"
        )
    # S3 returns the newest version first:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/list-obj-version-enabled-bucket.html
    current = _read(versions[0], s3=s3, bucket=bucket)
    for version in versions[1:]:
        text = _read(version, s3=s3, bucket=bucket)
        if text != current:
            _require_wheels(uri, read_lock(text), s3=s3, bucket=bucket)
            s3.put_object(
                Bucket=bucket, Key=library_list.key, Body=text.encode(), ContentType="text/plain; charset=utf-8"
            )
            return Rollback(uri=uri, pushed=version["LastModified"], before=read_lock(current), after=read_lock(text))
    raise UserError(
        f"{uri}: has no earlier version to return to. Change the list and run `mlproject libraries push`.",
        exit_code=1,
        topic="nothing-to-roll-back",
    )


def _require_wheels(uri: str, lock: Lock, *, s3: Any, bucket: str) -> None:
    existing = set(existing_wheels(lock.wheels, s3=s3, bucket=bucket))
    if missing := [wheel.file for wheel in lock.wheels if wheel not in existing]:
        raise UserError(
            f"{uri}: the earlier version needs {', '.join(missing)}, which the bucket no longer contains. Change the "
            "list and run `mlproject libraries push`.",
            exit_code=1,
            topic="nothing-to-roll-back",
        )


def _read(version: dict[str, Any], *, s3: Any, bucket: str) -> str:
    found = s3.get_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    return str(found["Body"].read().decode())
