"""Conditions decide as the service's do."""

from __future__ import annotations

from typing import Any

import pytest

from mlproject.errors import UserError
from mlproject.runner.references import Scope
from mlproject.runner.steps.conditions import holds

SCOPE = Scope(
    parameters={"Number": 3, "Text": "b", "Flag": True},
    execution={},
    steps={},
    property_files={},
    read_json=lambda _: {},
)
NUMBER, TEXT = {"Get": "Parameters.Number"}, {"Get": "Parameters.Text"}


def compared(kind: str, left: Any, right: Any) -> dict[str, Any]:
    return {"Type": kind, "LeftValue": left, "RightValue": right}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (compared("Equals", NUMBER, 3), True),
        (compared("Equals", NUMBER, "3.0"), True),
        (compared("Equals", TEXT, "b"), True),
        (compared("Equals", TEXT, "c"), False),
        (compared("Equals", {"Get": "Parameters.Flag"}, True), True),
        (compared("GreaterThan", NUMBER, 3), False),
        (compared("GreaterThan", NUMBER, 2.9), True),
        (compared("GreaterThanOrEqualTo", NUMBER, 3), True),
        (compared("GreaterThanOrEqualTo", NUMBER, 3.1), False),
        (compared("LessThan", NUMBER, 3), False),
        (compared("LessThan", "2", NUMBER), True),
        (compared("LessThanOrEqualTo", NUMBER, 3), True),
        (compared("LessThanOrEqualTo", NUMBER, 2), False),
        ({"Type": "In", "QueryValue": TEXT, "Values": ["a", "b"]}, True),
        ({"Type": "In", "QueryValue": TEXT, "Values": ["a", NUMBER]}, False),
        ({"Type": "Not", "Expression": compared("Equals", TEXT, "b")}, False),
        ({"Type": "Or", "Conditions": [compared("Equals", TEXT, "x"), compared("Equals", NUMBER, 3)]}, True),
        ({"Type": "Or", "Conditions": [compared("Equals", TEXT, "x"), compared("Equals", NUMBER, 4)]}, False),
    ],
)
def test_a_condition_decides(condition: dict[str, Any], expected: bool) -> None:
    assert holds(condition, SCOPE) is expected


def test_texts_have_no_order() -> None:
    with pytest.raises(UserError, match="GreaterThan: 'b' and 3 are not both numbers"):
        holds(compared("GreaterThan", TEXT, NUMBER), SCOPE)
