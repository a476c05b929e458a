"""Locate the files of a data set on this machine, and verify them."""

from __future__ import annotations

import hashlib
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path

from mlproject.data.dataset import DataFile, DataSet, Package
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


def locate(dataset: DataSet, *, root: Path, folder: Path | None = None) -> tuple[LocatedFile, ...]:
    """Return the path of each file. `verify` checks that the files exist.

    Args:
        dataset: the data set. Its source is not in S3.
        root: the checkout, for a folder of the repository.
        folder: folder that contains the files. Default: the source of the data set.

    Raises:
        UserError: the folder does not exist or is not known, or the distribution is not installed in the expected
            version.
    """
    where = folder if folder is not None else _source_folder(dataset, root)
    if not where.is_dir():
        raise UserError(
            f"{where}: no such folder. It must contain {_names(dataset)}; --from names another folder.",
            topic="data-missing",
        )
    return tuple(LocatedFile(file=file, path=where / file.name) for file in dataset.files)


def installed_folder(package: Package) -> Path:
    """Return the folder of an installed distribution.

    Raises:
        UserError: the distribution is not installed, or in another version.
    """
    remedy = "Run `make install`, or set --from to a folder that contains the files."
    expected = f"the data set comes with {package.name} {package.version}"
    try:
        installed = importlib.metadata.distribution(package.name)
    except importlib.metadata.PackageNotFoundError as error:
        raise UserError(f"{expected}, which is not installed. {remedy}", topic="data-missing") from error
    if installed.version != package.version:
        raise UserError(f"{expected}, but {installed.version} is installed. {remedy}", topic="data-missing")
    return Path(str(installed.locate_file(package.folder)))


def verify(files: tuple[LocatedFile, ...]) -> None:
    """Verify the size and hash of every file.

    Raises:
        UserError: files are missing or do not match. The message contains all of them.
    """
    findings = [finding for finding in map(_finding, files) if finding]
    if findings:
        remedy = (
            "Nothing was uploaded. Restore the files (`make install` for those of a package), set --from to a folder "
            "with the files, or describe the new ones with `mlproject data lock`."
        )
        raise UserError("\n".join([*findings, remedy]), topic="data-changed")


def _source_folder(dataset: DataSet, root: Path) -> Path:
    source = dataset.source
    if source and source.package:
        return installed_folder(source.package)
    if source and source.folder:
        return root / source.folder
    raise UserError(f"the files are in a folder outside the repository. Set --from to a folder with {_names(dataset)}.")


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
    names = [file.name for file in dataset.files]
    shown = names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} more files"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]
