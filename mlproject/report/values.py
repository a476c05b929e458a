"""Read numbers, groups of rows and shares from the JSON files of a pipeline.

The pipeline's own scripts write the files, so any value may be missing or have another type.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlproject.report.formatting import format_percent, format_significant
from mlproject.report.model import Outputs
from mlproject.report.settings import JsonFile, Target
from mlproject.translation import translated

_PART = re.compile(r"([^.\[\]]+)|\[([0-9]+)\]")


@dataclass(frozen=True)
class Group:
    """A group of rows, with its predicted and observed means.

    Args:
        name: a day, or a range of predictions.
        rows: number of rows.
        predicted: mean of the predictions: probabilities from 0 to 1, or numbers.
        observed: share of the rows for which the event happened, 0 to 1, or the mean of the observed numbers.
    """

    name: str
    rows: int
    predicted: float
    observed: float


def read_value(outputs: Outputs, file: JsonFile | None, path: str | None) -> object:
    """Return the value at a path of a file, such as `folds[0].rmse`; None if there is none."""
    if file is None or path is None:
        return None
    value = outputs.contents.get(file.source)
    for name, position in _PART.findall(path):
        if name:
            value = value.get(name) if isinstance(value, Mapping) else None
        else:
            value = value[int(position)] if isinstance(value, list | tuple) and int(position) < len(value) else None
    return value


def read_number(outputs: Outputs, file: JsonFile | None, path: str | None) -> float | None:
    """Return the finite number at a path of a file; None if there is none."""
    return to_number(read_value(outputs, file, path))


def to_number(value: object) -> float | None:
    """Return a finite number; None for any other value."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def read_groups(outputs: Outputs, file: JsonFile | None, path: str | None, target: Target) -> tuple[Group, ...]:
    """Return the groups of rows at a path of a file; entries with missing values are left out."""
    return tuple(_groups(read_value(outputs, file, path), target))


def _groups(entries: object, target: Target) -> Iterator[Group]:
    for entry in entries if isinstance(entries, list | tuple) else ():
        if not isinstance(entry, Mapping):
            continue
        rows, predicted, observed = (to_number(entry.get(key)) for key in ("rows", "predicted", "observed"))
        if rows and rows > 0 and predicted is not None and observed is not None:
            yield Group(_name(entry, target), int(rows), predicted, observed)


def _name(entry: Mapping[str, object], target: Target) -> str:
    """Return the day, or the range of predictions."""
    low, high = to_number(entry.get("from")), to_number(entry.get("to"))
    if low is None or high is None:
        return str(entry.get("day", ""))
    first, last = format_prediction(low, target, 0), format_prediction(high, target, 0)
    return translated("{first} to {last}", first=first, last=last)


def format_prediction(value: float, target: Target, digits: int) -> str:
    """Return a probability as a percentage, and any other prediction as a number with four significant digits."""
    return format_percent(value, digits) if target.event else format_significant(value)


def name_value(target: Target) -> str:
    """Return the name of the number that the model predicts."""
    return target.value or translated("value")


def weighted_mean(groups: tuple[Group, ...], field: str) -> float | None:
    """Return the mean of a field over all rows of the groups; None without rows."""
    rows = sum(group.rows for group in groups)
    return sum(group.rows * float(getattr(group, field)) for group in groups) / rows if rows else None


def read_shares(outputs: Outputs, file: JsonFile | None, path: str | None) -> tuple[tuple[str, float], ...]:
    """Return the shares of positive numbers in their sum, the largest first."""
    values = read_value(outputs, file, path)
    if not isinstance(values, Mapping):
        return ()
    numbers = {
        str(name): number for name, value in values.items() if (number := to_number(value)) is not None and number > 0
    }
    total = sum(numbers.values())
    return tuple(sorted(((name, value / total) for name, value in numbers.items()), key=lambda pair: -pair[1]))
