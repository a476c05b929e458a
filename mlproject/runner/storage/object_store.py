"""Where the objects behind `s3://` live: the embedded AWS or AWS (s3.py), or a folder (folder_store.py)."""

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
        etag: changes when the content does.
        size: bytes.
    """

    uri: str
    etag: str
    size: int


class Store(Protocol):
    """What staging asks of S3. Every method raises UserError when it cannot do its work."""

    def list(self, uri: str) -> tuple[StoredObject, ...]:
        """The objects whose key starts with the URI's key, sorted; markers of empty folders are left out."""

    def read(self, uri: str) -> bytes:
        """The content of one small object."""

    def download(self, found: StoredObject, path: Path) -> None:
        """Write an object to a file, whose folder exists."""

    def upload(self, path: Path, uri: str, *, kms_key: str | None) -> StoredObject:
        """Write a file to an object, encrypted with a KMS key if one is given."""


class UnreachableError(UserError):
    """The embedded AWS does not answer: nothing can go on, and nothing can be recorded."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(
            f"the embedded AWS at {endpoint} does not answer any more, so the run ended; its state was in memory: "
            "start it again (`mlproject local up`), deploy and upload the data again, then repeat the command.",
            exit_code=1,
        )


def split_uri(uri: str) -> tuple[str, str]:
    """`s3://bucket/a/b` -> (`bucket`, `a/b`).

    Raises:
        UserError: it is no S3 URI, or its key cannot be the path of a local file.
    """
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if ".." in uri.split("/"):
        raise UserError(f"{uri!r}: a part of the key is '..', which cannot be staged as a local file.")
    if not uri.startswith("s3://") or not bucket:
        raise UserError(f"{uri!r} is no S3 address; it must look like s3://bucket/key.")
    return bucket, key


def uri_below(uri: str, relative: str) -> str:
    """The URI of a file below a prefix, whether or not the prefix ends in a slash."""
    return f"{uri.rstrip('/')}/{relative}"
