"""The files of a data set on this machine: found, and proven to be the ones that are meant."""

from __future__ import annotations

import hashlib
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path

from mlproject.data.dataset import DataFile, DataSet
from mlproject.errors import UserError


@dataclass(frozen=True, kw_only=True)
class Located:
    """A file of a data set, and where it is.

    Args:
        file: what it should be.
        path: where it is.
    """

    file: DataFile
    path: Path


def locate(dataset: DataSet, *, folder: Path | None = None) -> tuple[Located, ...]:
    """Say where each file should be; whether it is there, `verify` tells.

    Args:
        dataset: whose files.
        folder: holds them; without it they come with the installed distribution.

    Raises:
        UserError: the folder does not exist, or the distribution is not installed at its version.
    """
    if folder is not None and not folder.is_dir():
        raise UserError(f"{folder}: no such folder; --from names one that holds {_names(dataset)}.")
    where = folder if folder is not None else _installed(dataset)
    return tuple(Located(file=file, path=where / file.name) for file in dataset.files)


def verify(files: tuple[Located, ...]) -> None:
    """Compare every file with its size and hash.

    Raises:
        UserError: files are missing or other than expected; all of them are named.
    """
    findings = [finding for finding in map(_finding, files) if finding]
    if findings:
        cure = "Nothing was uploaded. Install the data anew (`make install`), or name a folder that has it with --from."
        raise UserError("\n".join([*findings, cure]))


def _installed(dataset: DataSet) -> Path:
    wanted = dataset.distribution
    cure = "run `make install`, or name a folder that holds the files with --from."
    try:
        found = importlib.metadata.distribution(wanted.name)
    except importlib.metadata.PackageNotFoundError as error:
        raise UserError(
            f"the data set comes with {wanted.name} {wanted.version}, which is not installed; {cure}"
        ) from error
    if found.version != wanted.version:
        raise UserError(
            f"the data set comes with {wanted.name} {wanted.version}, but {found.version} is installed; {cure}"
        )
    return Path(str(found.locate_file(wanted.folder)))


def _finding(located: Located) -> str | None:
    """What is wrong with a file, if anything."""
    path, expected = located.path, located.file
    try:
        size = path.stat().st_size
        if size != expected.bytes:
            return f"{path}: is {size} bytes long, expected {expected.bytes}: it is damaged or of another version."
        with path.open("rb") as content:
            actual = hashlib.file_digest(content, "sha256").hexdigest()
    except FileNotFoundError:
        return f"{path}: is missing; expected {expected.bytes} bytes with sha256 {expected.sha256}."
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror})."
    if actual != expected.sha256:
        return f"{path}: its sha256 is {actual}, expected {expected.sha256}: it is damaged or of another version."
    return None


def _names(dataset: DataSet) -> str:
    return " and ".join(file.name for file in dataset.files)
