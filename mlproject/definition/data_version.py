"""The version of the data set that a pipeline reads, by its parameter DataVersion."""

from __future__ import annotations

from collections.abc import Mapping

from mlproject.definition.document import Definition, Scalar, default_values

PARAMETER = "DataVersion"


def read_data_version(definition: Definition, parameters: Mapping[str, Scalar]) -> str | None:
    """Return the version that a pipeline reads; None if the definition has no such parameter, or no value for it.

    Args:
        definition: the pipeline's definition.
        parameters: a deployment's values. The other parameters have their defaults.
    """
    if PARAMETER not in definition.parameters:
        return None
    value = {**default_values(definition), **parameters}.get(PARAMETER)
    return None if value is None else str(value)
