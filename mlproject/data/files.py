"""Locate the files of a data set on this machine, and verify them."""

from __future__ import annotations

import hashlib
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path

from mlproject.data.dataset import DataFile, DataSet
from mlproject.errors import UserError


@dataclass(frozen=True, kw_only=True)
class LocatedFile:
    """A file of a data set and its path.

    Args:
        file: the description of the file.
        path: path of the file, which may not exist.
    """

    file: DataFile
    path: Path


def locate(dataset: DataSet, *, folder: Path | None = None) -> tuple[LocatedFile, ...]:
    """Return the path of each file. `verify` checks that the files exist.

    Args:
        dataset: the data set.
        folder: folder that contains the files. Default: that of the installed distribution.

    Raises:
        UserError: the folder does not exist, or the distribution is not installed in the expected version.
    """
    if folder is not None and not folder.is_dir():
        raise UserError(f"{folder}: no such folder. --from requires a folder with {_names(dataset)}.")
    where = folder if folder is not None else _installed(dataset)
    return tuple(LocatedFile(file=file, path=where / file.name) for file in dataset.files)


def verify(files: tuple[LocatedFile, ...]) -> None:
    """Verify the size and hash of every file.

    Raises:
        UserError: files are missing or do not match. The message contains all of them.
    """
    findings = [finding for finding in map(_finding, files) if finding]
    if findings:
        remedy = "Nothing was uploaded. Reinstall the data (`make install`) or set --from to a folder with the files."
        raise UserError("\n".join([*findings, remedy]))


def _installed(dataset: DataSet) -> Path:
    expected = dataset.distribution
    remedy = "Run `make install`, or set --from to a folder that contains the files."
    try:
        installed = importlib.metadata.distribution(expected.name)
    except importlib.metadata.PackageNotFoundError as error:
        raise UserError(
            f"the data set comes with {expected.name} {expected.version}, which is not installed. {remedy}"
        ) from error
    if installed.version != expected.version:
        raise UserError(
            f"the data set comes with {expected.name} {expected.version}, but {installed.version} is installed. "
            f"{remedy}"
        )
    return Path(str(installed.locate_file(expected.folder)))


def _finding(located: LocatedFile) -> str | None:
    """Return the error in a file; None if there is none."""
    path, expected = located.path, located.file
    try:
        size = path.stat().st_size
        if size != expected.bytes:
            return f"{path}: has {size} bytes instead of {expected.bytes}. It is damaged or has another version."
        with path.open("rb") as content:
            actual = hashlib.file_digest(content, "sha256").hexdigest()
    except FileNotFoundError:
        return f"{path}: is missing. Expected {expected.bytes} bytes with SHA-256 {expected.sha256}."
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror})."
    if actual != expected.sha256:
        return f"{path}: has SHA-256 {actual} instead of {expected.sha256}. It is damaged or has another version."
    return None


def _names(dataset: DataSet) -> str:
    return " and ".join(file.name for file in dataset.files)
