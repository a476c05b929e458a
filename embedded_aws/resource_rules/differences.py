"""Which property paths differ between two versions of a resource's properties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

ANY_ITEM = "*"
_ABSENT = object()


def changed_paths(old: Mapping[str, Any], new: Mapping[str, Any]) -> frozenset[str]:
    """The paths of the leaves that differ, such as `Instances/MasterInstanceGroup/InstanceType`.

    Items of lists of the same length are compared one by one and named `*`; a list that grew or shrank differs
    as a whole.
    """
    return frozenset("/".join(path) for path in _differences(old, new, ()))


def _differences(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in old.keys() | new.keys():
            yield from _differences(old.get(name, _ABSENT), new.get(name, _ABSENT), (*path, str(name)))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for before, after in zip(old, new, strict=True):
            yield from _differences(before, after, (*path, ANY_ITEM))
    elif old is _ABSENT and isinstance(new, Mapping) and new:
        yield from _differences({}, new, path)
    elif new is _ABSENT and isinstance(old, Mapping) and old:
        yield from _differences(old, {}, path)
    elif type(old) is not type(new) or old != new:
        yield path
