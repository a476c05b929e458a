"""Building blocks of the input models: frozen models, documented keys, and pattern constraints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from mlproject.parameters.findings import InvalidValueError
from mlproject.parameters.input_models import constraints
from mlproject.translation import Message

# The largest integer that JSON parsers keep exactly: https://www.rfc-editor.org/rfc/rfc8259#section-6. Infinity and NaN
# exceed it.
NUMBER_LIMIT = 2**53 - 1


class FrozenModel(BaseModel):
    """A frozen model that rejects unknown keys and does not convert types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def parameter(description: str, *, allowed: str, **constraints: Any) -> Any:
    """Define a documented key of a parameter file.

    Args:
        description: the purpose of the key, shown by editors.
        allowed: the allowed values, shown by editors and in error messages.
        constraints: pydantic's arguments (default, ge, le, min_length, max_length).
    """
    return Field(description=description, json_schema_extra={"allowed": allowed}, **constraints)


@dataclass(frozen=True)
class MatchesPattern:
    """Annotation of a `str`: the whole text must match a pattern, in Python and in the JSON schema.

    Args:
        pattern: a pattern of `constraints` or `addresses`.
    """

    pattern: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "pattern": f"^({self.pattern})$"}

    def _check(self, text: str) -> str:
        if not constraints.matches(self.pattern, text):
            raise InvalidValueError("")
        return text


def validate_distinct(items: tuple[str, ...]) -> tuple[str, ...]:
    """Validate that a list has no duplicates."""
    for at, item in enumerate(items):
        if item in items[:at]:
            raise InvalidValueError(
                Message("{item} is listed twice. Keep one", item=item or "the empty string"), allowed=""
            )
    return items


def validate_scalar(value: object) -> object:
    """Validate that a value is a string, number or boolean, before pydantic tries each type in turn."""
    if not isinstance(value, str | int | float | bool):
        raise InvalidValueError(Message("this must be a single value"))
    if isinstance(value, int | float) and not abs(value) <= NUMBER_LIMIT:
        raise InvalidValueError(Message("JSON cannot represent this number exactly"))
    return value
