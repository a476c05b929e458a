"""Statements of kind sql."""

from __future__ import annotations

import json
from typing import Any

from .values import as_json


def run_sql(spark: Any, code: str, rows: int) -> dict[str, Any]:
    """Return the result of a SQL statement, whose rows are arrays.

    Args:
        spark: the SparkSession.
        code: one SQL statement.
        rows: maximum number of rows.
    """
    result = spark.sql(code.strip().rstrip(";"))
    schema = json.loads(result.schema.json())
    return {"application/json": {"schema": schema, "data": as_json(result.take(rows))}}
