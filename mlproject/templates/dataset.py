"""The data set of a new project: the user's CSV files, or a sample."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from mlproject.data import DataSet, describe_dataset, read_source
from mlproject.errors import UserError
from mlproject.parameters.findings import closest_match, join_names
from mlproject.templates.project import OwnData
from mlproject.templates.rendering import FILES
from mlproject.translation import Message

SAMPLE = FILES / "data" / "wine.csv"
SAMPLE_TARGET = "cultivar"


def copy_sample(folder: Path) -> None:
    """Copy the sample into a new folder."""
    folder.mkdir(parents=True)
    shutil.copyfile(SAMPLE, folder / SAMPLE.name)


def describe_sample(folder: Path, *, root: Path) -> DataSet:
    """Return the description of the copied sample.

    Args:
        folder: the folder with the copy.
        root: the checkout that contains the folder.
    """
    return describe_dataset(
        read_source(str(folder), root=root, s3=None, progress=_ignore),
        previous=None,
        version=None,
        description="178 Italian wines of three cultivars, with 13 chemical measurements each",
        licence="CC-BY-4.0",
        origin="UCI Machine Learning Repository, Wine (S. Aeberhard, M. Forina), doi:10.24432/C5PC7J",
    )


def describe_own_data(data: OwnData, *, root: Path) -> DataSet:
    """Return the description of the user's data set.

    Raises:
        UserError: the folder has no CSV files, or one of them lacks the column to predict.
    """
    contents = read_source(str(data.folder), root=root, s3=None, progress=_ignore)
    files = [data.folder / file.name for file in contents.files if file.name.endswith(".csv")]
    if not files:
        raise UserError(
            Message(
                "--data {folder}: contains no file whose name ends with .csv. The pipeline reads CSV files.",
                folder=data.folder,
            )
        )
    for file in files:
        columns = read_columns(file)
        if data.target not in columns:
            near = closest_match(data.target, columns)
            hint = Message(" Did you mean {near}?", near=near) if near else ""
            raise UserError(
                Message(
                    "--target {target}: {file} has no such column.{hint} Columns: {columns}.",
                    target=data.target,
                    file=file,
                    hint=hint,
                    columns=join_names(columns),
                )
            )
    return describe_dataset(contents, previous=None, version=None, description=None, licence=None, origin=None)


def read_columns(file: Path) -> tuple[str, ...]:
    """Return the columns in the first line of a CSV file."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return tuple(next(csv.reader(lines), ()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(
            Message(
                "{file}: cannot be read as CSV ({error}). Save it as UTF-8 with a comma as separator.",
                file=file,
                error=error,
            )
        ) from error


def _ignore(_name: str, _bytes: int) -> None:
    """The data set of a new project is small, so its progress is not shown."""
