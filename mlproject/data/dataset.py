"""The data set of a pipeline, as described in data.json by version, size and hash."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mlproject.errors import UserError

DATA_FILE = "data.json"


class FrozenModel(BaseModel):
    """A frozen model that rejects unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Distribution(FrozenModel):
    """A locked Python distribution that contains the files. It is never imported."""

    name: str
    version: str
    folder: str


class DataFile(FrozenModel):
    """One file of a data set."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    bytes: Annotated[int, Field(gt=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class DataSet(FrozenModel):
    """A version of the data that a pipeline reads.

    Args:
        description: one line of text.
        version: the value of the pipeline parameter DataVersion, part of each object's key.
        licence: an SPDX identifier.
        origin: the publisher of the data.
        distribution: the Python distribution that contains the files.
        files: the files with size and hash.
    """

    description: str
    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    licence: str
    origin: str
    distribution: Distribution
    files: Annotated[tuple[DataFile, ...], Field(min_length=1)]

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
    try:
        return DataSet.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise UserError(
            f"{path}: does not exist, so this pipeline has no data set to upload. "
            "Upload its data yourself, or describe the data set in this file."
        ) from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}).") from error
    except ValidationError as error:
        findings = [
            f"{path}: {'.'.join(str(part) for part in each['loc']) or 'the file'}: {each['msg']}"
            for each in error.errors()
        ]
        raise UserError("\n".join(findings)) from error
