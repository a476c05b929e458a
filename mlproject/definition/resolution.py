"""Replace the placeholders and references of a definition with sample values, so that it can be checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mlproject.definition import samples
from mlproject.definition.document import Scalar
from mlproject.definition.graph import steps_of
from mlproject.definition.placeholders import LISTS, SCALARS, fill_placeholders, protect


def fill_with_samples(document: Mapping[str, Any]) -> dict[str, Any]:
    """Replace each placeholder with a sample. A definition without placeholders is returned unchanged."""
    text = json.dumps(document)
    code_names = {f"{step.get('Name', '')}{kind}" for step in steps_of(document) for kind in ("Code", "File")}
    names = {name for name in SCALARS | LISTS | code_names if f"${{{name}}}" in text}
    result: dict[str, Any] = json.loads(fill_placeholders(protect(text, keep=names), samples.placeholder_values(names)))
    return result


def resolve(value: Any, parameters: Mapping[str, Scalar]) -> Any:
    """Replace references, joins and values from property files with sample values."""
    if isinstance(value, list):
        return [resolve(item, parameters) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Get"}:
        kind, _, rest = value["Get"].partition(".")
        return parameters[rest] if kind == "Parameters" else samples.reference_value(rest)
    if set(value) == {"Std:Join"}:
        join = value["Std:Join"]
        return join["On"].join(str(resolve(item, parameters)) for item in join["Values"])
    if set(value) == {"Std:JsonGet"}:
        return samples.PROPERTY_FILE_VALUE
    return {key: resolve(item, parameters) for key, item in value.items()}
