"""Pydantic's errors in our own words, each at the line where the value was written."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from mlproject.parameters.finding import MISSING, UNKNOWN_KEY, Finding, RefusalError, listing, nearest
from mlproject.parameters.located import Located, child_key

Model = TypeVar("Model", bound=BaseModel)


def validate(
    model: type[Model], tree: Located, *, findings: list[Finding], top_level: Iterable[str], partial: bool = False
) -> Model | None:
    """Read a tree of values into a model.

    Args:
        model: what the tree must be.
        tree: the values, nulls dropped.
        findings: receives each mistake.
        top_level: keys that the file's top level takes besides the model's own.
        partial: the tree need not be complete: a missing key is no mistake.

    Returns:
        The model's instance, or None if there were mistakes.
    """
    try:
        return model.model_validate(tree.plain())
    except ValidationError as error:
        findings.extend(
            _finding(detail, model=model, tree=tree, top_level=top_level)
            for detail in error.errors(include_url=False)
            if not (partial and detail["type"] == "missing")
        )
        return None


def _finding(detail: Mapping[str, Any], *, model: type[BaseModel], tree: Located, top_level: Iterable[str]) -> Finding:
    """One of pydantic's errors as a mistake."""
    kind, location = str(detail["type"]), tuple(detail["loc"])
    depth = _known_depth(tree, location)
    found = tree.at(*location[:depth]) or tree
    if kind == "missing":
        return _missing(found, str(location[-1]), _field(model, location))
    if kind == "extra_forbidden":
        names = set(_owner(model, location[:-1]).model_fields)
        if found.key == location[-1]:
            names.update(top_level)
        return found.finding(UNKNOWN_KEY, allowed=listing(names), suggestion=nearest(str(location[-1]), names))
    field = _field(model, location)
    refusal = detail.get("ctx", {}).get("error")
    if isinstance(refusal, RefusalError):
        return found.finding(
            refusal.message or f"{found.raw} is not allowed",
            allowed=_allowed(field) if refusal.allowed is None else refusal.allowed,
            suggestion=refusal.suggestion,
        )
    choices = typing.get_args(field.annotation) if field is not None and kind == "literal_error" else ()
    suggestion = nearest(str(found.value), choices)
    return found.finding(_misfit(kind, found), allowed=_allowed(field), suggestion=suggestion)


def _missing(parent: Located, name: str, field: FieldInfo | None) -> Finding:
    return Finding(
        file=parent.file,
        line=parent.line,
        key=child_key(parent.key, name),
        message=MISSING,
        allowed=_allowed(field),
    )


def _misfit(kind: str, found: Located) -> str:
    """Why a value has the wrong type or size."""
    if kind == "string_type" and isinstance(found.value, bool | int | float):
        word = "true or false" if isinstance(found.value, bool) else "a number"
        return f'{found.raw} is read as {word}, and text is wanted: put it in quotes, "{found.raw}"'
    if kind in ("int_type", "float_type", "bool_type") and isinstance(found.value, str):
        return f"{found.raw} is read as text"
    if kind in ("too_short", "too_long") and isinstance(found.value, Sequence):
        return f"the list has {len(found.value)}"
    return f"{found.raw} is not allowed"


def _known_depth(tree: Located, location: Sequence[str | int]) -> int:
    """How far a path leads into the tree; what follows is pydantic's own (`[key]`)."""
    depth = 0
    while depth < len(location) and tree.at(*location[: depth + 1]) is not None:
        depth += 1
    return depth


def _owner(model: type[BaseModel], path: Sequence[str | int]) -> type[BaseModel]:
    """The model that reads the mapping under a path."""
    for part in path:
        model = _model_in(model.model_fields[str(part)].annotation) or model
    return model


def _field(model: type[BaseModel], path: Sequence[str | int]) -> FieldInfo | None:
    """The field that holds the value under a path, or the list or mapping around it."""
    field: FieldInfo | None = None
    below: type[BaseModel] | None = model
    for part in path:
        if below is None or part not in below.model_fields:
            break
        field = below.model_fields[str(part)]
        below = _model_in(field.annotation)
    return field


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model in an annotation such as `Storage` or `Storage | None`."""
    for each in (annotation, *typing.get_args(annotation)):
        if isinstance(each, type) and issubclass(each, BaseModel):
            return each
    return None


def _allowed(field: FieldInfo | None) -> str:
    extra = field.json_schema_extra if field is not None else None
    return str(extra.get("allowed", "")) if isinstance(extra, dict) else ""
