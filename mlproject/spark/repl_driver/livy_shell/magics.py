"""Livy's magics `%json NAME` and `%table NAME`, which return the value of a variable instead of text."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

from .values import as_json

_TABLE = "application/vnd.livy.table.v1+json"
_NULL = "NULL_TYPE"
# bool before int, and datetime before date, since each is a subclass of the other.
_TYPES: tuple[tuple[type, str], ...] = (
    (type(None), _NULL),
    (bool, "BOOLEAN_TYPE"),
    (int, "INT_TYPE"),
    (float, "DOUBLE_TYPE"),
    (str, "STRING_TYPE"),
    (datetime.datetime, "TIMESTAMP_TYPE"),
    (datetime.date, "DATE_TYPE"),
    (decimal.Decimal, "DECIMAL_TYPE"),
    (list, "ARRAY_TYPE"),
    (dict, "MAP_TYPE"),
)


class MagicError(Exception):
    """A magic that cannot be run.

    Args:
        name: the name of the error, as in a result.
        message: its text.
    """

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def is_magic(line: str) -> bool:
    """Whether a line is a magic."""
    return line.startswith("%")


def run_magic(line: str, variables: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a magic by media type.

    Args:
        line: such as `%json rows`.
        variables: the variables of the session.

    Raises:
        MagicError: the magic or the variable does not exist, or the rows of a table have different types.
    """
    magic, _, argument = line[1:].strip().partition(" ")
    if magic not in ("json", "table"):
        raise MagicError("UnknownMagic", f"unknown magic command '{magic}'")
    name = argument.strip()
    if name not in variables:
        raise MagicError("NameError", f"name '{name}' is not defined")
    value = variables[name]
    return {"application/json": as_json(value)} if magic == "json" else {_TABLE: _table(value)}


def _table(value: Any) -> dict[str, Any]:
    columns: dict[Any, str] = {}
    data = []
    for row in value if isinstance(value, (list, tuple)) else [value]:
        cells = _cells(row)
        for name, cell in cells.items():
            columns[name] = _common_type(columns.get(name, _NULL), _type_of(cell))
        data.append([as_json(cell) for cell in cells.values()])
    headers = [{"name": str(name), "type": columns[name]} for name in sorted(columns)]
    return {"headers": headers, "data": data}


def _cells(row: Any) -> dict[Any, Any]:
    """Return the cells of a row by column, sorted: names of a Row or a dict, else positions."""
    if hasattr(row, "asDict"):
        row = row.asDict()
    if isinstance(row, dict):
        return dict(sorted(row.items()))
    return dict(enumerate(row if isinstance(row, (list, tuple)) else [row]))


def _type_of(cell: Any) -> str:
    for python, name in _TYPES:
        if isinstance(cell, python):
            return name
    return "STRING_TYPE"


def _common_type(one: str, other: str) -> str:
    if other in (one, _NULL):
        return one
    if one == _NULL:
        return other
    raise MagicError("Exception", "table rows have different types")
