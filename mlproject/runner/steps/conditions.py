"""Evaluate conditions.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html (condition step) and the
SDK's sagemaker.core.workflow.conditions, whose `to_request` methods write these shapes.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mlproject.errors import UserError
from mlproject.runner.references import Scope, resolve

_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}
CONDITIONS = ("Equals", *_ORDER, "In", "Not", "Or")


def holds(condition: Mapping[str, Any], scope: Scope) -> bool:
    """Return whether a condition is true.

    Raises:
        UserError: the values cannot be compared, or a reference cannot be resolved.
    """
    kind = condition["Type"]
    if kind == "Not":
        return not holds(condition["Expression"], scope)
    if kind == "Or":
        return any(holds(inner, scope) for inner in condition["Conditions"])
    if kind == "In":
        query = resolve(condition["QueryValue"], scope)
        return any(_equal(query, resolve(value, scope)) for value in condition["Values"])
    left, right = (resolve(condition[side], scope) for side in ("LeftValue", "RightValue"))
    if kind == "Equals":
        return _equal(left, right)
    if kind not in _ORDER:
        raise UserError(f"condition type {kind!r} is not supported; supported: {', '.join(CONDITIONS)}.")
    low, high = _number(left), _number(right)
    if low is None or high is None:
        raise UserError(f"condition {kind}: {left!r} and {right!r} are not both numbers, so they cannot be compared.")
    return _ORDER[kind](low, high)


def condition_types(conditions: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the type of every condition, including nested ones."""
    for condition in conditions:
        yield str(condition.get("Type"))
        if "Expression" in condition:
            yield from condition_types([condition["Expression"]])
        yield from condition_types(condition.get("Conditions", []))


def _equal(left: Any, right: Any) -> bool:
    """Compare as the service does: numbers by value, even if they are written as text."""
    if isinstance(left, bool) or isinstance(right, bool):
        return bool(left == right)
    low, high = _number(left), _number(right)
    return low == high if low is not None and high is not None else bool(left == right)


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
