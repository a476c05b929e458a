"""The pieces of which the models are made: a frozen value, a documented key, a text that follows a pattern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from mlproject.parameters.finding import RefusalError
from mlproject.parameters.input_models import constraints

# What JSON readers keep exactly: https://www.rfc-editor.org/rfc/rfc8259#section-6; infinity and nan are beyond it.
NUMBER_LIMIT = 2**53 - 1


class Value(BaseModel):
    """A frozen value; an unknown key is an error, and no type is guessed from another."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def key(description: str, *, allowed: str, **constraints: Any) -> Any:
    """A key that people write.

    Args:
        description: what it is for; editors show it.
        allowed: what may stand there; messages say it, and editors show it.
        constraints: pydantic's own (default, ge, le, min_length, max_length).
    """
    return Field(description=description, json_schema_extra={"allowed": allowed}, **constraints)


@dataclass(frozen=True)
class Follows:
    """Beside a `str`: the whole text follows a pattern, in Python and in the JSON schema.

    Args:
        pattern: one of `rules`.
    """

    pattern: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "pattern": f"^({self.pattern})$"}

    def _check(self, text: str) -> str:
        if not constraints.matches(self.pattern, text):
            raise RefusalError("")
        return text


def distinct(items: tuple[str, ...]) -> tuple[str, ...]:
    """Let a list pass in which nothing stands twice."""
    for at, item in enumerate(items):
        if item in items[:at]:
            raise RefusalError(f"{item or 'the empty text'} stands twice in the list; keep one", allowed="")
    return items


def single(value: object) -> object:
    """Let a text, a number, true or false pass and refuse all else, before pydantic tries each type in turn."""
    if not isinstance(value, str | int | float | bool):
        raise RefusalError("a single value is wanted here")
    if isinstance(value, int | float) and not abs(value) <= NUMBER_LIMIT:
        raise RefusalError("JSON does not carry this number exactly")
    return value
