"""Validate values with pydantic, and report its errors with file, line, key and allowed values."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from mlproject.parameters.findings import MISSING, UNKNOWN_KEY, Finding, InvalidValueError, closest_match, join_names
from mlproject.parameters.renamed_keys import RenamedKey, find_renamed_key
from mlproject.parameters.yaml_files.located import Located, child_key
from mlproject.translation import Message, counted

Model = TypeVar("Model", bound=BaseModel)

# Shown instead of a value that may contain a password.
HIDDEN = "***"

_UNIONS = (types.UnionType, typing.Union)


def validate(
    model: type[Model], tree: Located, *, findings: list[Finding], file_level_keys: Iterable[str], partial: bool = False
) -> Model | None:
    """Validate a tree of values against a model.

    Args:
        model: the expected type of the tree.
        tree: the values, without nulls.
        findings: receives each error.
        file_level_keys: file-level keys, allowed at the top level in addition to the model's fields.
        partial: whether required keys may be missing.

    Returns:
        The model instance, or None if there were errors.
    """
    try:
        return model.model_validate(tree.plain())
    except ValidationError as error:
        findings.extend(
            _finding(detail, model=model, tree=tree, file_level_keys=file_level_keys)
            for detail in error.errors(include_url=False)
            if not (partial and detail["type"] == "missing") and not _excludes_invalid_items(detail, tree)
        )
        return None


def _excludes_invalid_items(detail: Mapping[str, Any], tree: Located) -> bool:
    """Whether pydantic reports a list as too short only because it does not count invalid items."""
    found = tree.at(*detail["loc"]) if detail["type"] == "too_short" else None
    items = found.value if found is not None else None
    return isinstance(items, tuple) and len(items) >= detail["ctx"]["min_length"]


def _finding(
    detail: Mapping[str, Any], *, model: type[BaseModel], tree: Located, file_level_keys: Iterable[str]
) -> Finding:
    """Convert a pydantic error to a finding."""
    kind, location = str(detail["type"]), tuple(detail["loc"])
    depth = _known_depth(tree, location)
    found = tree.at(*location[:depth]) or tree
    if kind == "missing":
        return _missing(found, str(location[-1]), _field(model, location))
    if kind == "extra_forbidden":
        renamed = find_renamed_key(found.file, found.key)
        if renamed is not None:
            return _renamed(found, renamed)
        owner = _model(_annotation(model, location[:-1]))
        names = set(owner.model_fields) if owner is not None else set()
        if found.key == location[-1]:
            names.update(file_level_keys)
        return found.finding(UNKNOWN_KEY, allowed=join_names(names), suggestion=closest_match(str(location[-1]), names))
    field = _field(model, location)
    refusal = detail.get("ctx", {}).get("error")
    if isinstance(refusal, InvalidValueError):
        place = replace(found, raw=HIDDEN) if refusal.secret else found
        return place.finding(
            refusal.message or Message("{value} is not allowed", value=found.raw),
            allowed=_allowed(field) if refusal.allowed is None else refusal.allowed,
            suggestion=refusal.suggestion,
        )
    choices = typing.get_args(_annotation(model, location)) if kind == "literal_error" else ()
    suggestion = closest_match(str(found.value), choices)
    return found.finding(_type_or_size_error(kind, found), allowed=_allowed(field), suggestion=suggestion)


def _renamed(found: Located, entry: RenamedKey) -> Finding:
    """Return the finding for a renamed key, with its whole path if it moved to another mapping."""
    (old_parent, _, old), (new_parent, _, new) = entry.old.rpartition("."), entry.new.rpartition(".")
    if old_parent != new_parent:
        old, new = entry.old, entry.new
    message = Message("{old} was renamed to {new} in release {release}", old=old, new=new, release=entry.release)
    return replace(found.finding(message), successor=new)


def _missing(parent: Located, name: str, field: FieldInfo | None) -> Finding:
    return Finding(
        file=parent.file,
        line=parent.line,
        key=child_key(parent.key, name),
        message=MISSING,
        allowed=_allowed(field),
    )


def _type_or_size_error(kind: str, found: Located) -> str:
    """Describe a value of the wrong type or size."""
    if kind == "string_type" and isinstance(found.value, bool | int | float):
        word = Message("a boolean") if isinstance(found.value, bool) else Message("a number")
        return Message(
            '{value} is read as {type}, but text is required. Put it in quotes: "{value}"', value=found.raw, type=word
        )
    if kind in ("int_type", "float_type", "bool_type") and isinstance(found.value, str):
        return Message("{value} is read as text", value=found.raw)
    if kind in ("too_short", "too_long") and isinstance(found.value, Sequence):
        count = len(found.value)
        return counted(count, "the list has {number} item", "the list has {number} items")
    return Message("{value} is not allowed", value=found.raw)


def _known_depth(tree: Located, location: Sequence[str | int]) -> int:
    """Return how many parts of a path exist in the tree; pydantic appends parts of its own (`[key]`)."""
    depth = 0
    while depth < len(location) and tree.at(*location[: depth + 1]) is not None:
        depth += 1
    return depth


def _annotation(model: type[BaseModel], path: Sequence[str | int]) -> Any:
    """Return the type of the value at a path; None if the path leaves the model."""
    annotation: Any = model
    for part in path:
        annotation = _below(annotation, part)[1]
    return annotation


def _field(model: type[BaseModel], path: Sequence[str | int]) -> FieldInfo | None:
    """Return the field of the value at a path, or of the list or mapping that contains it."""
    found: FieldInfo | None = None
    annotation: Any = model
    for part in path:
        field, annotation = _below(annotation, part)
        found = field or found
    return found


def _below(annotation: Any, part: str | int) -> tuple[FieldInfo | None, Any]:
    """Return the field and the type one level down: a field of a model, or an item of a list or mapping."""
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
    """Return the model in an annotation such as `Storage` or `Storage | None`, but not inside a list or mapping."""
    for choice in _choices(annotation):
        if isinstance(choice, type) and issubclass(choice, BaseModel):
            return choice
    return None


def _choices(annotation: Any) -> tuple[Any, ...]:
    """Return the members of a union, or the annotation itself."""
    return typing.get_args(annotation) if typing.get_origin(annotation) in _UNIONS else (annotation,)


def _allowed(field: FieldInfo | None) -> str:
    extra = field.json_schema_extra if field is not None else None
    return Message(str(extra.get("allowed", ""))) if isinstance(extra, dict) else ""
