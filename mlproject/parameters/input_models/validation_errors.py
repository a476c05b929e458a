"""Pydantic's errors in our own words, each at the line where the value was written."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from mlproject.parameters.finding import MISSING, UNKNOWN_KEY, Finding, RefusalError, listing, nearest
from mlproject.parameters.yaml_files.located import Located, child_key

Model = TypeVar("Model", bound=BaseModel)

# In place of a value that may hold a password.
HIDDEN = "***"

_UNIONS = (types.UnionType, typing.Union)


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
            if not (partial and detail["type"] == "missing") and not _counts_refused_items(detail, tree)
        )
        return None


def _counts_refused_items(detail: Mapping[str, Any], tree: Located) -> bool:
    """Whether a list is called too short only because pydantic does not count the items that it refused."""
    found = tree.at(*detail["loc"]) if detail["type"] == "too_short" else None
    items = found.value if found is not None else None
    return isinstance(items, tuple) and len(items) >= detail["ctx"]["min_length"]


def _finding(detail: Mapping[str, Any], *, model: type[BaseModel], tree: Located, top_level: Iterable[str]) -> Finding:
    """One of pydantic's errors as a mistake."""
    kind, location = str(detail["type"]), tuple(detail["loc"])
    depth = _known_depth(tree, location)
    found = tree.at(*location[:depth]) or tree
    if kind == "missing":
        return _missing(found, str(location[-1]), _field(model, location))
    if kind == "extra_forbidden":
        owner = _model(_annotation(model, location[:-1]))
        names = set(owner.model_fields) if owner is not None else set()
        if found.key == location[-1]:
            names.update(top_level)
        return found.finding(UNKNOWN_KEY, allowed=listing(names), suggestion=nearest(str(location[-1]), names))
    field = _field(model, location)
    refusal = detail.get("ctx", {}).get("error")
    if isinstance(refusal, RefusalError):
        place = replace(found, raw=HIDDEN) if refusal.secret else found
        return place.finding(
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


def _annotation(model: type[BaseModel], path: Sequence[str | int]) -> Any:
    """What the value under a path must be; None where the path leads out of the model."""
    annotation: Any = model
    for part in path:
        annotation = _below(annotation, part)[1]
    return annotation


def _field(model: type[BaseModel], path: Sequence[str | int]) -> FieldInfo | None:
    """The field that holds the value under a path, or the list or mapping around it."""
    found: FieldInfo | None = None
    annotation: Any = model
    for part in path:
        field, annotation = _below(annotation, part)
        found = field or found
    return found


def _below(annotation: Any, part: str | int) -> tuple[FieldInfo | None, Any]:
    """One step down: a model's field and what it must be, or what an item of a list or mapping must be."""
    model = _model(annotation)
    if model is not None:
        field = model.model_fields.get(str(part))
        return field, field.annotation if field is not None else None
    for choice in _choices(annotation):
        origin, arguments = typing.get_origin(choice), typing.get_args(choice)
        if origin is tuple:
            return None, arguments[0]
        if origin is Mapping:
            return None, arguments[1]
    return None, None


def _model(annotation: Any) -> type[BaseModel] | None:
    """The model in an annotation such as `Storage` or `Storage | None`, not one inside a list or mapping."""
    for choice in _choices(annotation):
        if isinstance(choice, type) and issubclass(choice, BaseModel):
            return choice
    return None


def _choices(annotation: Any) -> tuple[Any, ...]:
    """The parts of a union, or the annotation itself."""
    return typing.get_args(annotation) if typing.get_origin(annotation) in _UNIONS else (annotation,)


def _allowed(field: FieldInfo | None) -> str:
    extra = field.json_schema_extra if field is not None else None
    return str(extra.get("allowed", "")) if isinstance(extra, dict) else ""
