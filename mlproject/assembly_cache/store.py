"""Parts of cloud assemblies on disk, by key; their files by content."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mlproject.assembly_cache.parts import Frame, Part
from mlproject.files import write_atomically

# Entries that were not used for a week are deleted.
_LIFETIME_SECONDS = 7 * 24 * 3600.0


@dataclass(frozen=True, kw_only=True)
class Store:
    """Entries by key. An entry that is damaged or incomplete counts as missing.

    Processes may share a store: files are renamed into place, and never change.

    Args:
        folder: is created if it does not exist.
    """

    folder: Path
    _intact: set[str] = field(default_factory=set, repr=False, compare=False)

    def read_part(self, key: str) -> Part | None:
        """Return a part, or None if there is none with this key."""
        entry = self._read(key)
        return Part(**entry) if entry else None

    def read_frame(self, key: str) -> Frame | None:
        """Return a frame, or None if there is none with this key."""
        entry = self._read(key)
        return Frame(**entry) if entry else None

    def write(self, key: str, value: Part | Frame, *, assembly: Path) -> None:
        """Add an entry.

        Args:
            key: key of the entry.
            value: the part or frame.
            assembly: the cloud assembly with its files.

        Raises:
            UserError: the folder cannot be written.
        """
        for path, digest in value.files.items():
            if not self._is_intact(digest):
                write_atomically(self._file(digest), (assembly / path).read_bytes(), durable=False)
        content = json.dumps(asdict(value)).encode()
        write_atomically(self._entry(key), f"{_hash(content)}\n".encode() + content, durable=False)

    def read_file(self, digest: str) -> bytes:
        """Return the file with this SHA-256."""
        return self._file(digest).read_bytes()

    def delete_unused(self, *, now: float | None = None) -> None:
        """Delete what was not used for a week.

        Args:
            now: current time in seconds since the epoch; default: the clock.
        """
        oldest = (time.time() if now is None else now) - _LIFETIME_SECONDS
        for path in self.folder.glob("*/*/*"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)

    def _read(self, key: str) -> dict[str, Any] | None:
        path = self._entry(key)
        try:
            digest, _, content = path.read_bytes().partition(b"\n")
            if digest.decode(errors="replace") != _hash(content):
                return None
            entry: dict[str, Any] = json.loads(content)
            if not all(self._is_intact(each) for each in entry["files"].values()):
                return None
            path.touch()
        except OSError:
            return None
        return entry

    def _is_intact(self, digest: str) -> bool:
        """Return whether a file has its content. The time of its last use is that of this look."""
        path = self._file(digest)
        if digest not in self._intact:
            try:
                if _hash(path.read_bytes()) != digest:
                    return False
                path.touch()
            except OSError:
                return False
            self._intact.add(digest)
        return True

    def _entry(self, key: str) -> Path:
        return self.folder / "entries" / key[:2] / f"{key}.json"

    def _file(self, digest: str) -> Path:
        return self.folder / "files" / digest[:2] / digest


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
