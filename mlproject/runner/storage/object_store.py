"""The interface of object stores: S3, also in the embedded AWS (s3_store.py), or a folder (folder_store.py)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mlproject.errors import UserError


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """One object.

    Args:
        uri: `s3://bucket/key`.
        etag: changes with the content.
        size: bytes.
    """

    uri: str
    etag: str
    size: int


class Store(Protocol):
    """An object store. Every method raises UserError on failure."""

    def list(self, uri: str) -> tuple[StoredObject, ...]:
        """Return the objects whose key starts with the URI's key, sorted, without folder markers."""

    def read(self, uri: str) -> bytes:
        """Return the content of a small object."""

    def download(self, found: StoredObject, path: Path) -> None:
        """Download an object to a file in an existing folder."""

    def upload(self, path: Path, uri: str, *, kms_key: str | None) -> StoredObject:
        """Upload a file to an object, encrypted with the KMS key, if any."""


class UnreachableError(UserError):
    """The embedded AWS does not respond, so the run cannot continue or be recorded."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(
            f"the embedded AWS at {endpoint} no longer responds, so the run ended. Its state was in memory: "
            "start it again (`mlproject local up`), deploy and upload the data again, then repeat the command.",
            exit_code=1,
        )


def split_uri(uri: str) -> tuple[str, str]:
    """`s3://bucket/a/b` -> (`bucket`, `a/b`).

    Raises:
        UserError: it is not an S3 URI, or its key cannot be the path of a local file.
    """
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if ".." in uri.split("/"):
        raise UserError(f"{uri!r}: the key contains '..', so it cannot be staged as a local file.")
    if not uri.startswith("s3://") or not bucket:
        raise UserError(f"{uri!r} is not an S3 URI. It must have the form s3://bucket/key.")
    return bucket, key


def join_uri(uri: str, relative: str) -> str:
    """Return the URI of a file below a prefix, with or without a trailing slash."""
    return f"{uri.rstrip('/')}/{relative}"
