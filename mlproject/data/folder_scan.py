"""Describe the files of a folder by size and hash."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mlproject.data.dataset import FILE_NAME, DataFile
from mlproject.errors import UserError

_BLOCK_BYTES = 1 << 20


class _UnusableFileError(Exception):
    """A file cannot be part of a data set. The message is the reason."""


@dataclass(frozen=True, kw_only=True)
class FolderScan:
    """The files of a folder.

    Args:
        files: the files, sorted by name.
        hidden: names of hidden files and folders, which are not included.
    """

    files: tuple[DataFile, ...]
    hidden: tuple[str, ...]


def scan_folder(folder: Path, *, progress: Callable[[str, int], None] = lambda _name, _bytes: None) -> FolderScan:
    """Read every file in a folder and its subfolders. Memory does not grow with the size of the files.

    Args:
        folder: the folder.
        progress: called with a name and the number of bytes read since the last call.

    Raises:
        UserError: the folder does not exist or contains no files, or files cannot be part of a data set: they are
            unreadable, empty, change while they are read, have a name that is not portable, or are links that leave
            the folder. The message contains all of them.
    """
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder or file.")
    files: list[DataFile] = []
    hidden: list[str] = []
    findings: list[str] = []
    for path in _paths(folder, hidden, findings):
        try:
            files.append(_describe(path, folder, progress))
        except _UnusableFileError as error:
            findings.append(f"{path}: {error}.")
        except OSError as error:
            findings.append(f"{path}: cannot be read ({error.strerror}).")
    if findings:
        raise UserError("\n".join([*findings, "Nothing was written."]))
    if not files:
        raise UserError(f"{folder}: contains no files.")
    return FolderScan(files=tuple(files), hidden=tuple(hidden))


def scan_file(path: Path, *, progress: Callable[[str, int], None] = lambda _name, _bytes: None) -> FolderScan:
    """Read a single file, as a data set of its own.

    Raises:
        UserError: it cannot be part of a data set.
    """
    try:
        return FolderScan(files=(_describe(path, path.parent, progress),), hidden=())
    except _UnusableFileError as error:
        raise UserError(f"{path}: {error}. Nothing was written.") from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}). Nothing was written.") from error


def _paths(folder: Path, hidden: list[str], findings: list[str]) -> Iterator[Path]:
    def report(error: OSError) -> None:
        findings.append(f"{error.filename}: cannot be read ({error.strerror}).")

    for parent, folders, names in os.walk(folder, onerror=report):
        here = Path(parent)
        hidden += [f"{(here / name).relative_to(folder)}" for name in (*folders, *names) if name.startswith(".")]
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        findings += [
            f"{here / name}: is a link to a folder. Copy the files instead."
            for name in folders
            if (here / name).is_symlink()
        ]
        yield from (here / name for name in sorted(names) if not name.startswith("."))


def _describe(path: Path, folder: Path, progress: Callable[[str, int], None]) -> DataFile:
    name = path.relative_to(folder).as_posix()
    if not re.fullmatch(FILE_NAME, name):
        raise _UnusableFileError("has a name that is not portable. Use letters, digits, spaces and `_ . - = @ +`")
    before = path.stat()  # before `resolve`, which fails otherwise for a link to itself
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        raise _UnusableFileError(f"is a link that leaves the folder, to {path.resolve()}. Copy the file instead")
    if not stat.S_ISREG(before.st_mode):
        raise _UnusableFileError("is not a regular file")
    if before.st_size == 0:
        raise _UnusableFileError("is empty")
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while block := content.read(_BLOCK_BYTES):
            digest.update(block)
            progress(name, len(block))
    after = path.stat()
    if (before.st_size, before.st_mtime_ns, before.st_ino) != (after.st_size, after.st_mtime_ns, after.st_ino):
        raise _UnusableFileError("changed while it was read. Run the command again when nothing writes to it")
    return DataFile(name=name, bytes=after.st_size, sha256=digest.hexdigest())
