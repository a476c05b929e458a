"""Read libsvm files: `label[:weight] [qid:group] index:value ...`, one row per line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from mlproject.xgboost_container.data_files import DataFileError


@dataclass(kw_only=True)
class SparseRows:
    """The rows of libsvm files, in the parts of a compressed sparse row matrix.

    Args:
        labels: one per row.
        weights: one per row, or empty.
        groups: the query of each row, for ranking, or empty.
        values: the values of all rows.
        columns: the column of each value.
        starts: the position of the first value of each row, and the end of the last one.
    """

    labels: list[float] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])

    @property
    def width(self) -> int:
        return max(self.columns, default=-1) + 1


def read_libsvm(paths: Iterable[Path]) -> SparseRows:
    """Return the rows of libsvm files; indexes are columns counted from 0, as xgboost reads them.

    Raises:
        DataFileError: a line is not libsvm, or only some rows have a weight or a group.
    """
    rows = SparseRows()
    for path in paths:
        with path.open(errors="replace") as file:
            for number, line in enumerate(file, start=1):
                tokens = line.partition("#")[0].split()
                if tokens:
                    _add_row(rows, tokens, where=f"{path.name}, line {number}")
    if not rows.labels:
        raise DataFileError("its files contain no rows")
    return rows


def _add_row(rows: SparseRows, tokens: list[str], *, where: str) -> None:
    head, *features = tokens
    label, separator, weight = head.partition(":")
    try:
        rows.labels.append(float(label))
        if separator:
            rows.weights.append(float(weight))
    except ValueError:
        raise DataFileError(f"{where}: {head!r} is not a libsvm label; required: a number, or label:weight") from None
    for feature in features:
        index, _, value = feature.partition(":")
        try:
            if index == "qid":
                rows.groups.append(int(value))
                continue
            column = int(index)
            rows.values.append(float(value))
        except ValueError:
            raise DataFileError(f"{where}: {feature!r} is not a libsvm feature; required: index:value") from None
        if column < 0:
            raise DataFileError(f"{where}: {feature!r} has a negative index")
        rows.columns.append(column)
    rows.starts.append(len(rows.values))
    for name, given in (("weight", rows.weights), ("qid", rows.groups)):
        if given and len(given) != len(rows.labels):
            raise DataFileError(f"{where}: only some of the rows have a {name}")
