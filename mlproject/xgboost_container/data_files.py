"""Read the data files of the XGBoost container: CSV and libsvm.

Formats: https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html and
https://xgboost.readthedocs.io/en/stable/tutorials/input_format.html.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy

    Matrix = numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.float32]]

DataFormat = Literal["csv", "libsvm"]
_CONTENT_TYPES: dict[str, DataFormat] = {
    "csv": "csv",
    "text/csv": "csv",
    "libsvm": "libsvm",
    "text/libsvm": "libsvm",
    "text/x-libsvm": "libsvm",
}
SUPPORTED_CONTENT_TYPES = ("text/csv", "text/libsvm")
_DELIMITERS = (",", ";", "\t", "|", " ")


class DataFileError(Exception):
    """A data file cannot be read, for the reason in the message."""


def data_format(content_type: str | None) -> DataFormat | None:
    """Return the format of a ContentType, libsvm without one; None if it is not supported here."""
    if content_type is None:
        return "libsvm"
    name, _, options = content_type.lower().partition(";")
    found = _CONTENT_TYPES.get(name.strip())
    labels = [option.partition("=")[2].strip() for option in options.split(";") if "label_size" in option]
    return None if found == "csv" and labels not in ([], ["1"]) else found


def data_files(folder: Path) -> list[Path]:
    """Return the data files below a folder; names that begin with `.` or `_` are ignored, as in the container."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name[0] not in "._")


def read_csv(paths: Iterable[Path], *, has_label: bool) -> Matrix:
    """Return the rows of CSV files without a header; an empty field is a missing value.

    Args:
        paths: the files.
        has_label: whether the first column is the label, which no row may lack.

    Raises:
        DataFileError: a field is not a number, a label is missing, or the rows have different lengths.
    """
    import numpy

    parts: list[Matrix] = []
    for path in paths:
        part = _read_csv_file(path)
        if part.size and has_label:
            _check_labels(part, path)
        if part.size and parts and part.shape[1] != parts[0].shape[1]:
            raise DataFileError(
                f"{path.name}: has {part.shape[1]} columns, but the files before it have {parts[0].shape[1]}"
            )
        if part.size:
            parts.append(part)
    if not parts:
        raise DataFileError("its files contain no rows")
    return numpy.concatenate(parts)


def _check_labels(part: Matrix, path: Path) -> None:
    import numpy

    if part.shape[1] < 2:
        raise DataFileError(f"{path.name}, line 1: has one column; required: the label and at least one feature")
    missing = numpy.isnan(part[:, 0])
    if missing.any():
        raise DataFileError(f"{path.name}, line {int(missing.argmax()) + 1}: the label, its first column, is missing")


def _read_csv_file(path: Path) -> Matrix:
    import numpy

    with path.open(errors="replace") as file:
        first = file.readline()
    delimiter = next((each for each in _DELIMITERS if each in first.strip()), ",")
    if first.strip():
        try:
            return numpy.loadtxt(path, delimiter=delimiter, dtype=numpy.float32, ndmin=2, comments=None)
        except ValueError:  # an empty field, which is valid, or an error, which is reported with its line
            pass
    return _read_csv_lines(path, delimiter)


def _read_csv_lines(path: Path, delimiter: str) -> Matrix:
    import numpy

    rows: list[list[float]] = []
    with path.open(errors="replace") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            fields = [field.strip() for field in line.rstrip("\r\n").split(delimiter)]
            row = [_csv_number(field, where=f"{path.name}, line {number}") for field in fields]
            if rows and len(row) != len(rows[0]):
                raise DataFileError(
                    f"{path.name}, line {number}: has {len(row)} columns, but the lines before it have {len(rows[0])}"
                )
            rows.append(row)
    return numpy.array(rows, dtype=numpy.float32, ndmin=2)


def _csv_number(field: str, *, where: str) -> float:
    try:
        return float(field) if field else float("nan")
    except ValueError:
        hint = ". The file must not have a header" if where.endswith("line 1") else ""
        raise DataFileError(f"{where}: {field!r} is not a number{hint}") from None
