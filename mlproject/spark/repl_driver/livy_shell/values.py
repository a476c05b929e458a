"""Values of statements as JSON."""

from __future__ import annotations

import decimal
import math
from typing import Any


def as_json(value: Any) -> Any:
    """Return a value as JSON has it: rows as arrays, dates as text, and null for numbers that JSON does not have."""
    if isinstance(value, (float, decimal.Decimal)):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (bytes, bytearray)):
        return list(value)
    if isinstance(value, dict):
        return {str(name): as_json(each) for name, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):  # a Row is a tuple
        return [as_json(each) for each in value]
    return str(value)
