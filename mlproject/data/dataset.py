"""The data set of a pipeline, as described in data.json by version, size and hash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from mlproject.errors import UserError
from mlproject.files import write_atomically
from mlproject.parameters import FrozenModel, InvalidValueError, MatchesPattern, parameter, read_json

DATA_FILE = "data.json"
# Part of an object's key, a folder inside a step, and the value of a pipeline parameter.
VERSION = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
# Relative, without hidden files, `..` or characters that S3 tells to avoid:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
FILE_NAME = r"(?:[A-Za-z0-9_][A-Za-z0-9 ._=@+-]*/)*[A-Za-z0-9_][A-Za-z0-9 ._=@+-]*"
S3_PREFIX = r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/(?:[A-Za-z0-9_][A-Za-z0-9 ._=@+-]*/)*"
SHA256 = r"[0-9a-f]{64}"
# The 5 TB of an S3 object: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
BYTES_LIMIT = 5 * 1024**4


class Package(FrozenModel):
    """A locked Python distribution that contains the files. It is never imported."""

    name: str = parameter("The distribution.", allowed="the name of a distribution in requirements/")
    version: str = parameter("Its version.", allowed="a version")
    folder: str = parameter("The folder with the files, in the distribution.", allowed="a relative path")


class Source(FrozenModel):
    """Where the files come from: exactly one of a distribution, a folder of the repository, and a prefix in S3."""

    package: Package | None = parameter("A distribution.", allowed="the keys name, version, folder", default=None)
    folder: str | None = parameter(
        "A folder of the repository.", allowed="a path relative to the repository, such as data/wine", default=None
    )
    s3: Annotated[str, MatchesPattern(S3_PREFIX)] | None = parameter(
        "Existing objects.", allowed="a prefix such as s3://company-lake/wine/", default=None
    )


def _validate_source(source: Source | None) -> Source | None:
    if source is not None and sum(value is not None for value in (source.package, source.folder, source.s3)) != 1:
        raise InvalidValueError("one place must be given", allowed="exactly one of package, folder and s3")
    return source


class DataFile(FrozenModel):
    """One file of a data set.

    Args:
        name: relative path with forward slashes.
        bytes: size.
        sha256: hash of the content.
        etag: of the object, if the source is in S3. It changes with the content.
    """

    name: Annotated[str, MatchesPattern(FILE_NAME)] = parameter(
        "Its path in the data set.", allowed="a relative path of letters, digits and `_ . - = @ +`"
    )
    bytes: int = parameter("Its size.", allowed=f"1 to {BYTES_LIMIT} bytes", ge=1, le=BYTES_LIMIT)
    sha256: Annotated[str, MatchesPattern(SHA256)] = parameter("Its hash.", allowed="64 hexadecimal digits")
    etag: str | None = parameter("The ETag of the object in S3.", allowed="text", default=None)


class DataSet(FrozenModel):
    """A version of the data that a pipeline reads.

    Args:
        description: one line of text.
        version: the value of the pipeline parameter DataVersion, part of each object's key.
        licence: an SPDX identifier.
        origin: the publisher of the data.
        source: where the files come from; None if they are in a folder of one machine, given with --from.
        files: the files with size and hash.
    """

    description: str = parameter("One line about the data.", allowed="text")
    version: Annotated[str, MatchesPattern(VERSION)] = parameter(
        "The version, part of each object's key.", allowed="letters, digits, `.`, `_` and `-`"
    )
    licence: str = parameter("The licence of the data.", allowed="an SPDX identifier, or NOASSERTION")
    origin: str = parameter("The publisher of the data.", allowed="text")
    source: Annotated[Source | None, AfterValidator(_validate_source)] = parameter(
        "Where the files come from. Default: a folder given with --from.",
        allowed="exactly one of package, folder and s3",
        default=None,
    )
    files: tuple[DataFile, ...] = parameter("The files.", allowed="a list of at least one file", min_length=1)

    @property
    def prefix(self) -> str:
        """Prefix of the objects in the data bucket."""
        return f"raw/{self.version}/"


def read(pipeline: Path) -> DataSet:
    """Read the data.json of a pipeline's folder.

    Raises:
        UserError: the file is missing or invalid. The message contains all errors.
    """
    path = pipeline / DATA_FILE
    if not path.exists():
        raise UserError(
            f"{path}: does not exist, so this pipeline has no data set to upload. "
            f"Describe it with `mlproject data lock {pipeline.name} --from SOURCE`, or upload the data yourself.",
            topic="data-missing",
        )
    return read_json(path, DataSet, root=pipeline.parents[1])


def write(pipeline: Path, dataset: DataSet) -> Path:
    """Write the data.json of a pipeline's folder, and return its path."""
    path = pipeline / DATA_FILE
    write_atomically(path, json.dumps(dataset.model_dump(exclude_none=True), indent=2, ensure_ascii=False) + "\n")
    return path
