"""Validate the values of pipeline parameters, and add the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlproject.definition import refused_values
from mlproject.errors import UserError

Scalar = str | int | float | bool
# The types of pipeline parameters:
# https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-parameters.html
PARAMETER_TYPES = ("String", "Integer", "Float", "Boolean")
_BOOLEANS = {"true": True, "false": False}


def parameter_values(document: Mapping[str, Any], given: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Validate parameter values against the definition, and add the defaults.

    Args:
        document: the parsed definition.
        given: values by name; strings (from a command line) are converted.

    Raises:
        UserError: one line per error: unknown name, wrong type, value not allowed, missing value, or a value that AWS
            would reject where a step uses it.
    """
    declared = {parameter["Name"]: parameter for parameter in document.get("Parameters", [])}
    findings = [_unknown(name, declared) for name in given if name not in declared]
    values: dict[str, Scalar] = {}
    for name, parameter in declared.items():
        if name not in given and "DefaultValue" not in parameter:
            findings.append(
                f"parameter {name} ({parameter['Type']}) has no default. Set it with --parameter {name}=..."
            )
            continue
        try:
            values[name] = _converted(parameter, given.get(name, parameter.get("DefaultValue")))
        except UserError as error:
            findings.append(str(error))
    findings += [
        f"parameter {found.parameter}={values[found.parameter]!r}: {found}"
        for found in refused_values(document, values)
    ]
    if findings:
        raise UserError("\n".join(findings), topic="pipeline-parameters")
    return values


def _unknown(name: str, declared: Mapping[str, Any]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, declared, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else f"Parameters: {', '.join(declared) or 'none'}."
    return f"parameter {name!r}: the pipeline has no such parameter. {hint}"


def _converted(parameter: Mapping[str, Any], value: Any) -> Scalar:
    name, kind = parameter["Name"], parameter["Type"]
    converted = _as_type(kind, value)
    if converted is None:
        raise UserError(f"parameter {name}={value!r}: must be {_article(kind)}.")
    allowed = parameter.get("EnumValues")
    if allowed and converted not in allowed:
        raise UserError(f"parameter {name}={value!r}: must be one of {', '.join(map(str, allowed))}.")
    return converted


def _as_type(kind: str, value: Any) -> Scalar | None:
    """Convert a value to a type; None if it is not a valid value of it."""
    if kind == "Boolean":
        return value if isinstance(value, bool) else _BOOLEANS.get(str(value).lower())
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if kind == "String":
        return str(value)
    try:
        return int(str(value)) if kind == "Integer" else _finite(float(value))
    except ValueError:
        return None


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None


def _article(kind: str) -> str:
    return {"Integer": "a whole number", "Float": "a number", "Boolean": "true or false"}.get(kind, "text")
