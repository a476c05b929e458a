"""Restore saved work into the volume, beside what is there and never over it."""

from __future__ import annotations

import datetime
import filecmp
import os
import shutil
from pathlib import Path

from s3 import SavedObject, SavedWork, WorkError
from state import Manifest, Saved, write_manifest

# `mlproject notebook restore` copies earlier versions to this folder, with a folder for each request.
RESTORED = "restored/"
# Space that a restore leaves free, for the saves and for Jupyter.
_FREE_BYTES = 50_000_000


class Restorer:
    """Restores files into a volume.

    Args:
        volume: folder of the volume.
        incoming: folder on the volume for downloads.
        manifest: what is saved. It is updated.
        manifest_path: file of the manifest.
        work: the saved work in S3.
    """

    def __init__(
        self, *, volume: Path, incoming: Path, manifest: Manifest, manifest_path: Path, work: SavedWork
    ) -> None:
        self._volume, self._incoming = volume, incoming
        self._manifest, self._manifest_path, self._work = manifest, manifest_path, work

    def restore_all(self) -> None:
        """Restore everything into a new volume. Files that exist stay, and their saved versions are put beside them.

        Raises:
            WorkError: a file could not be restored. The others are.
        """
        self._restore("", self._work.list_objects())

    def restore_requested(self) -> None:
        """Restore what `mlproject notebook restore` copied, once each.

        Raises:
            WorkError: a file could not be restored. The others are.
        """
        requests: dict[str, dict[str, SavedObject]] = {}
        for path, copy in self._work.list_objects(RESTORED).items():
            requests.setdefault("/".join(path.split("/")[:2]) + "/", {})[path] = copy
        for folder, objects in sorted(requests.items()):
            self._restore(folder, objects)

    def _restore(self, under: str, objects: dict[str, SavedObject]) -> None:
        missing = {path: copy for path, copy in objects.items() if _is_safe(path) and path not in self._manifest.files}
        if not missing:
            return
        self._require_space(missing)
        error = None
        try:
            self._work.download(self._incoming, under=under, paths=sorted(missing))
        except WorkError as raised:
            error = raised
        beside = datetime.datetime.now(datetime.timezone.utc).strftime(f"{RESTORED}%Y-%m-%dT%H%M%SZ/")
        failures = [failure for path, copy in missing.items() if (failure := self._move(path, copy, beside))]
        write_manifest(self._manifest_path, self._manifest)
        shutil.rmtree(self._incoming, ignore_errors=True)
        if error:
            raise error
        if failures:
            raise WorkError(f"cannot restore {failures[0]}" + (f" and {len(failures) - 1} more" * (len(failures) > 1)))

    def _require_space(self, missing: dict[str, SavedObject]) -> None:
        needed = sum(copy.size for copy in missing.values())
        free = shutil.disk_usage(self._volume).free
        if needed + _FREE_BYTES > free:
            shutil.rmtree(self._incoming, ignore_errors=True)
            raise WorkError(
                f"cannot restore from {self._work.uri}: {needed / 1e6:,.0f} MB are saved, but the volume has only "
                f"{free / 1e6:,.0f} MB free; increase volume_gb in project.yaml"
            )

    def _move(self, path: str, copy: SavedObject, beside: str) -> str | None:
        """Move a downloaded file into the volume, and return a sentence if that is not possible."""
        source, target = self._incoming / path, self._volume / path
        try:
            if not source.is_file() or source.stat().st_size != copy.size:
                return f"{path}: it was not downloaded"
            if target.exists() and not (target.is_file() and filecmp.cmp(source, target, shallow=False)):
                # The file on the volume stays, and its next save may replace the saved version, which is kept here.
                self._place(source, beside + path)
                self._manifest.files[path] = Saved(-1, -1, path, copy.etag)
                return None
            if not target.exists():
                self._place(source, path)
            status = target.stat()
            self._manifest.files[path] = Saved(status.st_size, status.st_mtime_ns, path, copy.etag)
        except OSError as error:
            return f"{path}: {error.strerror or error}"
        return None

    def _place(self, source: Path, path: str) -> None:
        target = self._volume / path
        target.parent.mkdir(parents=True, exist_ok=True)
        # A folder of the volume may be a link to another disk.
        if self._volume.resolve() not in [target.parent.resolve(), *target.parent.resolve().parents]:
            raise OSError(f"{target.parent} is a link")
        # Unlike a rename, a link never replaces a file.
        os.link(source, target)
        source.unlink()


def _is_safe(path: str) -> bool:
    """Whether a path is a file below the volume. The S3 console creates folders as objects that end with a slash."""
    return not {"", ".", ".."} & set(path.split("/")) and path.split("/", maxsplit=1)[0] != ".mlproject"
