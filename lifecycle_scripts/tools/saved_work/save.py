"""Save the files that changed since the last save, and never overwrite what another instance saved."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from files import File, copy_unchanged
from s3 import SavedObject, SavedWork, WorkError
from state import Manifest, Saved, write_manifest

# Files are copied before their upload, so a batch limits the space for the copies, and what is uploaded again after
# an interruption.
_BATCH_FILES, _BATCH_BYTES = 1000, 256_000_000


class Saver:
    """Saves files of a volume.

    Args:
        volume: folder of the volume.
        staging: an empty folder on the volume.
        manifest: what was saved before. It is updated.
        manifest_path: file of the manifest.
        work: the saved work in S3.
    """

    def __init__(
        self, *, volume: Path, staging: Path, manifest: Manifest, manifest_path: Path, work: SavedWork
    ) -> None:
        self._volume, self._staging = volume, staging
        self._manifest, self._manifest_path, self._work = manifest, manifest_path, work

    def changed(self, files: Iterable[File]) -> list[File]:
        """Return the files that changed since they were saved."""
        saved = self._manifest.files
        return [
            file
            for file in files
            if file.path not in saved or (saved[file.path].size, saved[file.path].mtime) != (file.size, file.mtime)
        ]

    def save(self, changed: list[File]) -> None:
        """Save changed files. Files that change in the meantime are left for the next save.

        Raises:
            WorkError: S3 did not accept every file. Those that it accepted are recorded.
        """
        known = self._work.list_objects()
        for batch in _batches(changed):
            known = self._save_batch(batch, known)
        self._manifest.is_first = False
        self._manifest.pending = {}
        write_manifest(self._manifest_path, self._manifest)

    def _save_batch(self, batch: list[File], known: dict[str, SavedObject]) -> dict[str, SavedObject]:
        keys = self._copy(batch, known)
        if not keys:
            return known
        self._manifest.pending.update({key: file.size for key, file in keys.items()})
        write_manifest(self._manifest_path, self._manifest)
        error = None
        try:
            self._work.upload(self._staging)
        except WorkError as raised:
            error = raised
        after = self._work.list_objects()
        for key, file in keys.items():
            copy = after.get(key)
            if copy and copy.size == file.size and (error is None or copy != known.get(key)):
                self._manifest.files[file.path] = Saved(file.size, file.mtime, key, copy.etag)
            del self._manifest.pending[key]
        write_manifest(self._manifest_path, self._manifest)
        if error:
            raise error
        return after

    def _copy(self, batch: list[File], known: dict[str, SavedObject]) -> dict[str, File]:
        shutil.rmtree(self._staging, ignore_errors=True)
        keys: dict[str, File] = {}
        for file in batch:
            key = self._key(file, known)
            if key and copy_unchanged(file, self._volume, self._staging / key):
                keys[key] = file
        return keys

    def _key(self, file: File, known: dict[str, SavedObject]) -> str | None:
        """Return the path of the copy of a file, or None if S3 has the copy already."""
        manifest = self._manifest
        saved = manifest.files.get(file.path)
        key = saved.key if saved else file.path
        copy = known.get(key)
        if copy is None or (saved and saved.etag == copy.etag) or manifest.pending.get(key) == copy.size:
            return key
        if manifest.is_first:
            # The volume is older than the manifest, or the manifest was lost: compare as `aws s3 sync` does.
            if copy.size == file.size and copy.modified >= file.mtime / 1e9:
                manifest.files[file.path] = Saved(file.size, file.mtime, key, copy.etag)
                return None
            if copy.modified < file.mtime / 1e9:
                return key
        path = Path(file.path)
        return str(path.with_name(f"{path.stem} (copy {manifest.volume}){path.suffix}"))


def _batches(files: list[File]) -> Iterator[list[File]]:
    batch: list[File] = []
    size = 0
    for file in files:
        if batch and (len(batch) == _BATCH_FILES or size + file.size > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file.size
    if batch:
        yield batch
