"""Strategies for the input models: every key, also one that is added later, is drawn from what its field says."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Collection, Mapping
from functools import cache
from typing import Annotated, Any, Literal

import annotated_types as limits
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel

from mlproject.parameters.input_models.fields import MatchesPattern, validate_distinct
from tests.properties.key_values import BY_PATTERN, BY_VALIDATOR, Values

# Longer lists say nothing new, and take long to draw.
_ITEMS_LIMIT = 4


def keys_of(model: type[BaseModel], *, without: Collection[str] = (), **given: Values) -> Values:
    """Return a strategy for a mapping with the keys of a model: all that are required, and any of the others.

    Args:
        model: an input model.
        without: keys that are left out.
        given: strategies of keys whose values depend on others; `values_of` draws the rest.
    """
    names = [name for name in model.model_fields if name not in without]
    strategies = {name: given[name] if name in given else key_of(model, name) for name in names}
    required = {name: each for name, each in strategies.items() if model.model_fields[name].is_required()}
    optional = {name: each for name, each in strategies.items() if name not in required}
    return st.fixed_dictionaries(required, optional=optional)


@cache
def key_of(model: type[BaseModel], name: str) -> Values:
    """Return a strategy for the values of one key of a model."""
    field = model.model_fields[name]
    return values_of(field.annotation, field.metadata)


def values_of(annotation: Any, metadata: Collection[Any] = ()) -> Values:
    """Return a strategy for the values of an annotation of an input model.

    Raises:
        TypeError: nothing here tells its values. Add its validator to BY_VALIDATOR, or give the key to `keys_of`.
    """
    if typing.get_origin(annotation) is Annotated:
        inner, *more = typing.get_args(annotation)
        return values_of(inner, (*more, *metadata))
    validated = _validated(metadata)
    found = validated if validated is not None else _of_type(annotation, metadata)
    if found is None:
        raise TypeError(f"no values are known for {annotation} with {metadata}")
    return found


def _validated(metadata: Collection[Any]) -> Values | None:
    """Return a strategy for what a validator or a pattern accepts."""
    for each in metadata:
        if isinstance(each, AfterValidator) and each.func in BY_VALIDATOR:
            return BY_VALIDATOR[each.func]
        if isinstance(each, MatchesPattern):
            pattern = re.compile(each.pattern, re.ASCII)
            return BY_PATTERN[each.pattern] if each.pattern in BY_PATTERN else st.from_regex(pattern, fullmatch=True)
    return None


def _of_type(annotation: Any, metadata: Collection[Any]) -> Values | None:
    """Return a strategy for the values of a type."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    found: Values | None = None
    if origin in (types.UnionType, typing.Union):
        # A key that is left out stands for None.
        found = st.one_of([values_of(each, metadata) for each in arguments if each is not types.NoneType])
    elif origin is Literal:
        found = st.sampled_from(arguments)
    elif annotation is bool:
        found = st.booleans()
    elif annotation is int:
        found = _integers(metadata)
    elif origin is tuple:
        found = _lists(values_of(arguments[0]), metadata)
    elif origin is Mapping:
        most = _limit(metadata, limits.MaxLen, "max_length", _ITEMS_LIMIT)
        found = st.dictionaries(*map(values_of, arguments), max_size=most)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        found = keys_of(annotation)
    return found


def _integers(metadata: Collection[Any]) -> Values:
    least = _limit(metadata, limits.Ge, "ge", 0)
    most = _limit(metadata, limits.Le, "le", 2**31)
    step = _limit(metadata, limits.MultipleOf, "multiple_of", 1)
    # The limits themselves more often than a uniform choice would.
    return st.sampled_from([least, most]) | st.integers(-(-least // step), most // step).map(lambda n: n * step)


def _lists(items: Values, metadata: Collection[Any]) -> Values:
    is_distinct = any(isinstance(each, AfterValidator) and each.func is validate_distinct for each in metadata)
    least = _limit(metadata, limits.MinLen, "min_length", 0)
    most = min(_limit(metadata, limits.MaxLen, "max_length", _ITEMS_LIMIT), max(_ITEMS_LIMIT, least))
    return st.lists(items, min_size=least, max_size=most, unique_by=repr if is_distinct else None)


def _limit(metadata: Collection[Any], kind: type[Any], name: str, default: int) -> int:
    return next((int(getattr(each, name)) for each in metadata if isinstance(each, kind)), default)


def rarely(draw: st.DrawFn) -> bool:
    """Draw True in one of four cases."""
    return draw(st.integers(0, 3)) == 3
