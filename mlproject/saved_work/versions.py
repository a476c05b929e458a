"""Versions of the saved files of a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of a saved file.

    Args:
        path: path below ~/SageMaker.
        version: id of the version in S3.
        saved: time of the save, in UTC.
        size: bytes, or None if this version records that the file was deleted in S3.
    """

    path: str
    version: str
    saved: datetime
    size: int | None


def list_versions(s3: Any, *, bucket: str, prefix: str) -> tuple[Version, ...]:
    """Return all versions of the saved files, by path, the newest first.

    Args:
        s3: boto3 client.
        bucket: the project's data bucket.
        prefix: prefix of the notebook's work.
    """
    found: list[tuple[bool, Version]] = []
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            path: str = each["Key"].removeprefix(prefix)
            # Other tools may create objects that are no files below ~/SageMaker, such as folders.
            if not {"", ".", ".."} & set(path.split("/")):
                version = Version(
                    path=path, version=each["VersionId"], saved=each["LastModified"], size=each.get("Size")
                )
                found.append((each["IsLatest"], version))
    # Times have whole seconds. Within one, the current version is the newest, and sorting keeps the order of S3.
    found.sort(key=lambda item: (item[1].path, -item[1].saved.timestamp(), not item[0]))
    return tuple(version for _, version in found)


def select_versions(versions: Iterable[Version], *, file: str | None, at: datetime | None) -> tuple[Version, ...]:
    """Return the version of each file at a time.

    Args:
        versions: all versions, the newest of a file first.
        file: a file, or a folder with its files, or None for all files except those that were restored earlier.
        at: a time, or None for the newest versions.
    """
    selected: dict[str, Version] = {}
    for each in versions:
        if _matches(each.path, file) and (at is None or each.saved <= at):
            selected.setdefault(each.path, each)
    return tuple(each for each in selected.values() if each.size is not None)


def _matches(path: str, file: str | None) -> bool:
    if file is None:
        return not path.startswith("restored/")
    return path == file or path.startswith(file.rstrip("/") + "/")
