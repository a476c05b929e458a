"""Download the inputs of a step and upload its outputs, with the folder layout of SageMaker.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html (S3Prefix, ManifestFile).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlproject.errors import UserError
from mlproject.runner.storage.object_store import Store, StoredObject, join_uri, split_uri


@dataclass(frozen=True, kw_only=True)
class Input:
    """An input of a step.

    Args:
        name: the name of the input or channel.
        uri: an object, a prefix, or a manifest.
        local_path: its path in the container, such as /opt/ml/input/data/train.
        manifest: whether the URI is a ManifestFile that lists the objects.
    """

    name: str
    uri: str
    local_path: str
    manifest: bool = False


@dataclass(frozen=True, kw_only=True)
class Listing:
    """An input and its objects, by their path below the input's folder."""

    input: Input
    files: tuple[tuple[str, StoredObject], ...]

    @property
    def content(self) -> list[Any]:
        """The part of the cache key: names and contents, but not where they are stored."""
        return [
            self.input.name,
            self.input.local_path,
            [[path, found.etag, found.size] for path, found in self.files],
        ]


def list_input(store: Store, source: Input) -> Listing:
    """List the objects of an input.

    Raises:
        UserError: there are none, or two of them have the same path.
    """
    files = _manifest_files(store, source.uri) if source.manifest else _prefix_files(store, source.uri)
    if not files:
        raise UserError(
            f"input {source.name!r}: no object key starts with {source.uri}. Upload the input first.",
            exit_code=1,
            topic="input-missing",
        )
    names = [path for path, _ in files]
    folders = {parent.as_posix() for path in names for parent in Path(path).parents}
    for path in names:
        if path in folders or names.count(path) > 1:
            raise UserError(
                f"input {source.name!r}: two objects below {source.uri} would be staged as {path}.", exit_code=1
            )
    return Listing(input=source, files=tuple(sorted(files)))


def _prefix_files(store: Store, uri: str) -> list[tuple[str, StoredObject]]:
    return [(relative_path(found.uri, uri), found) for found in store.list(uri)]


def _manifest_files(store: Store, uri: str) -> list[tuple[str, StoredObject]]:
    entries = json.loads(store.read(uri))
    prefix = entries[0]["prefix"]
    uris = [f"{prefix}{entry}" for entry in entries[1:]]
    return [(found.uri.removeprefix(prefix).lstrip("/"), found) for each in uris for found in store.list(each)]


def relative_path(uri: str, prefix: str) -> str:
    """Return the path of an object below an input's folder.

    If the prefix is the object itself, the path is its name. Below a folder, the path is the rest of the key. If the
    prefix ends inside a name, the path contains the whole name.
    """
    key, start = split_uri(uri)[1], split_uri(prefix)[1]
    if key == start:
        return key.rpartition("/")[2]
    folder = start if start.endswith("/") or not start else f"{start}/"
    return key.removeprefix(folder) if key.startswith(folder) else key[start.rfind("/") + 1 :]


def download(store: Store, listing: Listing, folder: Path) -> None:
    """Download every object of an input to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, found in listing.files:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        store.download(found, target)


def upload(store: Store, files: Iterable[tuple[Path, str]], *, kms_key: str | None) -> tuple[StoredObject, ...]:
    """Upload local files to their URIs."""
    return tuple(store.upload(path, uri, kms_key=kms_key) for path, uri in files)


def files_for(folder: Path, uri: str) -> list[tuple[Path, str]]:
    """Return the sorted files of a folder, each with its URI below a prefix."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(path, join_uri(uri, path.relative_to(folder).as_posix())) for path in paths]
