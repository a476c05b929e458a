"""Resolve an argument of a step to its value in a deployment: parameters, joins and placeholders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlproject.definition.document import Scalar
from mlproject.definition.graph import references


class UnresolvedError(Exception):
    """The value of an argument is not known before an execution, for the reason in the message."""


def parameters_of(value: Any) -> tuple[str, ...]:
    """Return the names of the pipeline parameters that a value refers to."""
    split = (reference.partition(".") for reference in references(value))
    return tuple(dict.fromkeys(name for kind, _, name in split if kind == "Parameters"))


def deployed_value(value: Any, *, parameters: Mapping[str, Scalar], placeholders: Mapping[str, str]) -> Any:
    """Return the value of an argument in a deployment.

    Args:
        value: the argument in the definition.
        parameters: values of pipeline parameters.
        placeholders: values of placeholders, such as `Role`. Others remain as they are.

    Raises:
        UnresolvedError: the value depends on an execution, or on a parameter without a value.
    """
    if isinstance(value, str):
        for name, replacement in placeholders.items():
            value = value.replace(f"${{{name}}}", replacement)
        return value
    if isinstance(value, Mapping) and set(value) == {"Get"}:
        kind, _, name = str(value["Get"]).partition(".")
        if kind != "Parameters":
            raise UnresolvedError(f"is {value['Get']}, which only an execution determines")
        if name not in parameters:
            raise UnresolvedError(f"is the pipeline parameter {name}, which has no value")
        return parameters[name]
    if isinstance(value, Mapping) and set(value) == {"Std:Join"}:
        join = value["Std:Join"]
        parts = [deployed_value(each, parameters=parameters, placeholders=placeholders) for each in join["Values"]]
        return str(join["On"]).join(map(str, parts))
    if isinstance(value, Mapping) and any(key.startswith("Std:") for key in value):
        raise UnresolvedError("is the result of a function, which only an execution determines")
    return value
