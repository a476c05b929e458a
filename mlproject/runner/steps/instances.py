"""The number of instances of a step: here, a step runs on one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlproject.definition import references

_SHARDED = "ShardedByS3Key"


def instance_reasons(step_type: str, arguments: Mapping[str, Any], resolved: Mapping[str, Any]) -> Iterator[str]:
    """Yield the reason why a step that requests several instances is not supported.

    A Transform step is supported, because each of its predictions depends on one file only. With one instance,
    ShardedByS3Key gives it every object, as on AWS.

    Args:
        step_type: such as `Processing`.
        arguments: the arguments in the definition, which may refer to parameters.
        resolved: the arguments with the values of the parameters.
    """
    for path in _resource_paths(step_type, resolved):
        count = _at(resolved, (*path, "InstanceCount"))
        if isinstance(count, int | str) and str(count).isdecimal() and int(count) > 1:
            sharded = f", so {_SHARDED} cannot distribute its input" if _is_sharded(resolved) else ""
            yield f"InstanceCount is {count}, but a step runs on one instance here{sharded}. {_remedy(arguments, path)}"


def _resource_paths(step_type: str, arguments: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the location of each group of instances in the arguments of a step."""
    if step_type == "Processing":
        yield ("ProcessingResources", "ClusterConfig")
    path = {"Training": ("ResourceConfig",), "Tuning": ("TrainingJobDefinition", "ResourceConfig")}.get(step_type)
    if path:
        yield path
        groups = _at(arguments, (*path, "InstanceGroups"))
        yield from ((*path, "InstanceGroups", index) for index in range(len(groups or ())))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def _is_sharded(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_is_sharded(item) for item in value.values())
    if isinstance(value, list):
        return any(_is_sharded(item) for item in value)
    return bool(value == _SHARDED)


def _remedy(arguments: Mapping[str, Any], path: tuple[Any, ...]) -> str:
    """Return how to request one instance, with the parameter that sets the number, if there is one."""
    names = [name.removeprefix("Parameters.") for name in references(_at(arguments, (*path, "InstanceCount")))]
    return f"Run it with --parameter {names[0]}=1" if len(names) == 1 else "Set InstanceCount to 1"
