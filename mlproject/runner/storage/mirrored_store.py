"""An object store in local folders whose objects are also in S3, where the scripts of a run read and write them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from mlproject.runner.storage.folder_store import FolderStore
from mlproject.runner.storage.object_store import StoredObject, split_uri
from mlproject.runner.storage.s3_store import S3Store, translate_errors

_EVERYWHERE_ELSE = "us-east-1"  # the region whose buckets are created without a location


class MirroredStore:
    """A Store in S3 that gets an object from the folders when it is first used; thread-safe.

    The folders remain after the run, so outputs are written to both. KMS keys are ignored: those of a definition do
    not exist in this S3.

    Args:
        folder: local objects, code and data.
        client: a boto3 S3 client.
        endpoint: the client's endpoint, for error messages.
    """

    def __init__(self, folder: FolderStore, client: Any, *, endpoint: str) -> None:
        self._folder = folder
        self._client = client
        self._s3 = S3Store(client, endpoint=endpoint)
        self._endpoint = endpoint
        self._buckets: set[str] = set()
        self._copied: dict[str, str] = {}
        self._lock = threading.RLock()

    def create_bucket(self, name: str) -> None:
        """Create a bucket, unless it exists."""
        with self._lock:
            if name in self._buckets:
                return
            region = self._client.meta.region_name
            location = (
                {} if region == _EVERYWHERE_ELSE else {"CreateBucketConfiguration": {"LocationConstraint": region}}
            )
            with translate_errors(f"bucket {name}", self._endpoint):
                names = {bucket["Name"] for bucket in self._client.list_buckets()["Buckets"]}
                if name not in names:
                    self._client.create_bucket(Bucket=name, **location)
            self._buckets.add(name)

    def list(self, uri: str) -> tuple[StoredObject, ...]:
        self._copy(uri)
        return self._s3.list(uri)

    def read(self, uri: str) -> bytes:
        self._copy(uri)
        return self._s3.read(uri)

    def download(self, found: StoredObject, path: Path) -> None:
        self._s3.download(found, path)

    def upload(self, path: Path, uri: str, *, kms_key: str | None) -> StoredObject:
        self._folder.upload(path, uri, kms_key=None)
        return self._put(path, uri)

    def save_uploads_of_scripts(self, folder: Path) -> None:
        """Download the objects that scripts have written themselves to `<folder>/<bucket>/<key>`."""
        with translate_errors("the buckets of the run", self._endpoint):
            names = [bucket["Name"] for bucket in self._client.list_buckets()["Buckets"]]
        for found in (found for name in names for found in self._s3.list(f"s3://{name}/")):
            if self._copied.get(found.uri) != found.etag:
                bucket, key = split_uri(found.uri)
                path = folder / bucket / key
                path.parent.mkdir(parents=True, exist_ok=True)
                self._s3.download(found, path)

    def _copy(self, uri: str) -> None:
        """Copy the local objects below a URI to S3. Those that a script has written there meanwhile are newer."""
        with self._lock:
            self.create_bucket(split_uri(uri)[0])
            present = {found.uri for found in self._s3.list(uri)}
            for found, path in self._folder.paths(uri).items():
                if found not in present and found not in self._copied:
                    self._put(path, found)

    def _put(self, path: Path, uri: str) -> StoredObject:
        with self._lock:
            self.create_bucket(split_uri(uri)[0])
            stored = self._s3.upload(path, uri, kms_key=None)
            self._copied[uri] = stored.etag
            return stored
