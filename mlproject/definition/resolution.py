"""A definition's placeholders and references, replaced by values of the right shape: enough to check it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mlproject.definition import samples
from mlproject.definition.document import Scalar
from mlproject.definition.graph import steps_of
from mlproject.definition.placeholders import LISTS, SCALARS, fill, protect


def filled_with_samples(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with a sample for each placeholder of the closed list; one without any stays as it is."""
    text = json.dumps(document)
    names_of_code = {f"{step.get('Name', '')}{kind}" for step in steps_of(document) for kind in ("Code", "File")}
    names = {name for name in SCALARS | LISTS | names_of_code if f"${{{name}}}" in text}
    result: dict[str, Any] = json.loads(fill(protect(text, keep=names), samples.placeholder_values(names)))
    return result


def resolve(value: Any, parameters: Mapping[str, Scalar]) -> Any:
    """References, joins and property files replaced by values of the right shape."""
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
