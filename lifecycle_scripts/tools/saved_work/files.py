"""Find the files of a volume whose work is saved, and copy them for an upload."""

from __future__ import annotations

import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

# Folders that pip, conda, npm, Jupyter or the file browser can create again, or whose content was thrown away.
_FOLDERS = {".mlproject", "lost+found", ".ipynb_checkpoints", "__pycache__", ".venv", "node_modules", ".Trash-1000"}
# Files at the top that the scripts write again: the status, the warning before a stop, START HERE in both languages.
_WRITTEN_AGAIN = re.compile(r"mlproject-[^/]*\.txt|(START HERE|EMPIECE AQUÍ)( \d+)?\.ipynb")
# Jupyter writes to this name first, and renames the file when it is complete.
_TEMPORARY = ".~"
# Bytes. Linux allows 255, and the aws CLI and the copies beside the work of another instance have longer names.
_NAME_LIMIT = 240
# A file that was written more recently may be incomplete.
SETTLE_SECONDS = 2


@dataclass(frozen=True)
class File:
    """A file to save. `path` is relative to the volume, `size` is in bytes, `mtime` in nanoseconds."""

    path: str
    size: int
    mtime: int

    def is_settled(self) -> bool:
        """Whether nobody wrote to the file in the last seconds. A clock that was set back makes a file look new."""
        return not 0 <= time.time() - self.mtime / 1e9 < SETTLE_SECONDS


@dataclass(frozen=True)
class Scan:
    """The files of a volume, and those that are never saved: path, size and reason of each."""

    files: list[File]
    left_out: list[dict[str, object]]


def scan(volume: Path, *, limit: int) -> Scan:
    """Return the regular files of a volume. Links are not followed, since they may lead to other disks.

    Args:
        volume: the folder.
        limit: size of the largest file that is saved, in bytes.
    """
    found: list[File] = []
    left_out: list[dict[str, object]] = []
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            entries = sorted(os.scandir(volume / folder), key=lambda entry: entry.name)
        except OSError:
            left_out.append({"file": printable(folder), "bytes": 0, "reason": "the folder cannot be read"})
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _FOLDERS:
                    folders.append(path)
            elif entry.is_file(follow_symlinks=False) and not _is_temporary(path, entry.name):
                _add(entry, path, limit, found, left_out)
    return Scan(files=found, left_out=left_out)


def _is_temporary(path: str, name: str) -> bool:
    return bool(_WRITTEN_AGAIN.fullmatch(path)) or name.startswith(_TEMPORARY)


def _add(entry: os.DirEntry[str], path: str, limit: int, found: list[File], left_out: list[dict[str, object]]) -> None:
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return
    reason = None
    if status.st_size > limit:
        reason = f"larger than {limit // 1_000_000} MB"
    elif printable(path) != path:
        reason = "its name is not UTF-8"
    elif len(os.fsencode(entry.name)) > _NAME_LIMIT:
        reason = f"its name is longer than {_NAME_LIMIT} bytes"
    elif len(path.encode()) > 900:
        reason = "its name is too long for S3"
    elif not os.access(entry.path, os.R_OK):
        reason = "it cannot be read"
    if reason:
        left_out.append({"file": printable(path), "bytes": status.st_size, "reason": reason})
    else:
        found.append(File(path=path, size=status.st_size, mtime=status.st_mtime_ns))


def copy_unchanged(file: File, volume: Path, target: Path) -> bool:
    """Copy a file and return True, unless it changes or disappears in the meantime.

    Only complete copies are uploaded, so that a file that is being written never replaces its last good copy.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(volume / file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
            status = os.fstat(source.fileno())
        unchanged = (status.st_size, status.st_mtime_ns) == (file.size, file.mtime) == _identity(volume / file.path)
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        unchanged = False
    if not unchanged:
        target.unlink(missing_ok=True)
    return unchanged


def _identity(path: Path) -> tuple[int, int]:
    status = path.lstat()
    return status.st_size, status.st_mtime_ns


def printable(text: str) -> str:
    """Return a file name with bytes that are not UTF-8 replaced."""
    return text.encode(errors="surrogateescape").decode(errors="replace")
