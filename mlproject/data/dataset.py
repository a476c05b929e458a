"""data.json beside a pipeline: its data set, fixed by version, size and hash."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mlproject.errors import UserError

DATA_FILE = "data.json"


class Value(BaseModel):
    """A frozen value; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Distribution(Value):
    """A locked Python distribution that brings the files; it is never imported."""

    name: str
    version: str
    folder: str


class DataFile(Value):
    """One file of a data set."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    bytes: Annotated[int, Field(gt=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class DataSet(Value):
    """What a pipeline reads, at one version.

    Args:
        description: one line.
        version: the pipeline's parameter DataVersion, part of each object's key.
        licence: an SPDX identifier.
        origin: who collected it.
        distribution: where the files come from.
        files: each with its size and hash.
    """

    description: str
    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    licence: str
    origin: str
    distribution: Distribution
    files: Annotated[tuple[DataFile, ...], Field(min_length=1)]

    @property
    def prefix(self) -> str:
        """Where its objects are in the data bucket."""
        return f"raw/{self.version}/"


def read(pipeline: Path) -> DataSet:
    """Read the data.json of a pipeline's folder.

    Raises:
        UserError: it is missing, or not what it should be; every finding is named.
    """
    path = pipeline / DATA_FILE
    try:
        return DataSet.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise UserError(
            f"{path}: there is none, so this pipeline has no data set of its own; "
            "upload its data yourself, or describe it in that file."
        ) from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}).") from error
    except ValidationError as error:
        findings = [
            f"{path}: {'.'.join(str(part) for part in each['loc']) or 'the file'}: {each['msg']}"
            for each in error.errors()
        ]
        raise UserError("\n".join(findings)) from error
