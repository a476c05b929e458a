"""An object store in a folder: `s3://bucket/key` is the file `<folder>/bucket/key`."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from mlproject.errors import UserError
from mlproject.files import TEMPORARY, temporary_path, write_atomically
from mlproject.runner.storage.archive import packed_bytes
from mlproject.runner.storage.object_store import StoredObject, split_uri


class FolderStore:
    """A Store of local files.

    A URI is looked up in the folder (outputs of earlier steps), then in `data`, then by its last part in `code`. A
    tar.gz that is not in `code` is packed from the whole `code` folder, as the SDK does.

    Args:
        folder: the folder of outputs.
        code: the folder of step scripts, or None.
        data: local file or folder by S3 URI, such as {"s3://bucket/raw": Path("raw")}.
    """

    def __init__(self, folder: Path, *, code: Path | None = None, data: Mapping[str, Path] | None = None) -> None:
        self._folder = folder
        self._code = code
        self._data = {uri.rstrip("/"): path for uri, path in (data or {}).items()}

    def list(self, uri: str) -> tuple[StoredObject, ...]:
        found = self.paths(uri)
        return tuple(_stored(key, found[key]) for key in sorted(found))

    def paths(self, uri: str) -> Mapping[str, Path]:
        """Return the local files of the objects that `list` returns, by URI, without reading them."""
        return dict(self._files(uri)) or dict(self._mapped(uri)) or dict(self._from_code(uri))

    def contains(self, uri: str) -> bool:
        """Return whether the key of an object starts with the URI's key, without reading the objects."""
        return bool(self.paths(uri))

    def read(self, uri: str) -> bytes:
        return self._path(uri).read_bytes()

    def download(self, found: StoredObject, path: Path) -> None:
        shutil.copyfile(self._path(found.uri), path)

    def upload(self, path: Path, uri: str, *, kms_key: str | None) -> StoredObject:
        bucket, key = split_uri(uri)
        target = self._folder / bucket / key
        target.parent.mkdir(parents=True, exist_ok=True)
        part = temporary_path(target)
        try:
            shutil.copyfile(path, part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return _stored(uri, target)

    def _path(self, uri: str) -> Path:
        for found in (self._files(uri), self._mapped(uri), self._from_code(uri)):
            path = dict(found).get(uri)
            if path:
                return path
        raise UserError(f"{uri}: no such object in {self._folder}.", exit_code=1)

    def _files(self, uri: str) -> Iterator[tuple[str, Path]]:
        bucket, key = split_uri(uri)
        root = self._folder / bucket
        for path in _files_below(root, key):
            yield f"s3://{bucket}/{path.relative_to(root).as_posix()}", path

    def _mapped(self, uri: str) -> Iterator[tuple[str, Path]]:
        for prefix, place in self._data.items():
            files = [place] if place.is_file() else [path for path in sorted(place.rglob("*")) if path.is_file()]
            for path in files:
                address = prefix if path == place else f"{prefix}/{path.relative_to(place).as_posix()}"
                if address.startswith(uri):
                    yield address, path

    def _from_code(self, uri: str) -> Iterator[tuple[str, Path]]:
        name = uri.rpartition("/")[2]
        if self._code is None or not name:
            return
        path = self._code / name
        if path.is_file():
            yield uri, path
        elif name.endswith(".tar.gz"):
            yield uri, self._packed(self._code, name)

    def _packed(self, code: Path, name: str) -> Path:
        """Return an archive of the whole code folder, which is written only if it has changed."""
        content = packed_bytes(code)
        path = self._folder / ".code" / name
        if not path.is_file() or path.read_bytes() != content:
            write_atomically(path, content)
        return path


def _files_below(root: Path, key: str) -> Iterator[Path]:
    """Yield the files whose path below `root` starts with `key`, a prefix that may end inside a name."""
    folder, _, start = key.rpartition("/")
    if not (root / folder).is_dir():
        return
    for child in (root / folder).iterdir():
        if child.name.startswith(start):
            candidates = [child] if child.is_file() else child.rglob("*")
            yield from (path for path in candidates if not path.name.endswith(TEMPORARY) and path.is_file())


def _stored(uri: str, path: Path) -> StoredObject:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return StoredObject(uri=uri, etag=digest, size=path.stat().st_size)
