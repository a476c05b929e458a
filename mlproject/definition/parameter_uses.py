"""Find the arguments of steps that use pipeline parameters, and the values that AWS would reject there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.definition import samples
from mlproject.definition.constraints import instance_violations, violations
from mlproject.definition.document import Scalar
from mlproject.definition.graph import own_arguments, references, steps_of
from mlproject.definition.images.step_images import IMAGE_ARGUMENTS
from mlproject.definition.placeholders import split_hint
from mlproject.definition.resolution import fill_with_samples, resolve
from mlproject.definition.service_model import input_shape

_PREFIX = "Parameters."
_FUNCTIONS = ({"Get"}, {"Std:Join"}, {"Std:JsonGet"})
# Types of the values by botocore's shape. `check_definition` reports values of other types.
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
}


@dataclass(frozen=True, kw_only=True)
class ParameterUse:
    """An argument of a step that depends on pipeline parameters.

    Args:
        step: the step's name.
        path: the argument, such as `ResourceConfig.InstanceType`.
        expression: the value of the argument, such as `{"Get": "Parameters.InstanceType"}`.
        shape: botocore's shape of the argument.
        key: its last part, such as `InstanceType`.
        siblings: names of all arguments at the same level, including this one.
    """

    step: str
    path: str
    expression: Mapping[str, Any]
    shape: Any
    key: str
    siblings: frozenset[str]

    @property
    def parameters(self) -> frozenset[str]:
        """Names of the parameters that the argument depends on."""
        return frozenset(name.removeprefix(_PREFIX) for name in references(self.expression) if name.startswith(_PREFIX))

    def violations(self, values: Mapping[str, Scalar]) -> Iterator[str]:
        """Yield every rule of AWS that the argument violates with these values."""
        value = resolve(dict(self.expression), values)
        if isinstance(value, bool) or not isinstance(value, _TYPES.get(self.shape.type_name, ())):
            return
        yield from dict.fromkeys(
            [
                *violations(self.shape, value, self.path),
                *instance_violations(self.key, value, self.siblings, self.path),
            ]
        )


@dataclass(frozen=True, kw_only=True)
class RefusedValue:
    """A parameter value that AWS would reject.

    Args:
        parameter: the parameter's name.
        reason: the first rule that the value violates, with step and argument, without the final period.
        suggestion: the closest allowed value; empty if none is similar.
    """

    parameter: str
    reason: str
    suggestion: str

    def __str__(self) -> str:
        return f"{self.reason}. Did you mean {self.suggestion}?" if self.suggestion else f"{self.reason}."


def parameter_uses(document: Mapping[str, Any]) -> tuple[ParameterUse, ...]:
    """Return every argument of a step that depends on a parameter.

    Args:
        document: a definition, with placeholders or filled.
    """
    return tuple(
        use
        for step in steps_of(fill_with_samples(document))
        # The quick check first, since loading botocore's model is slow.
        if any(name.startswith(_PREFIX) for name in references(own_arguments(step)))
        and (shape := input_shape(step["Type"])) is not None
        for use in _uses(own_arguments(step), shape, step=step["Name"], path="", key="", siblings=frozenset())
    )


def refused_values(document: Mapping[str, Any], values: Mapping[str, Scalar]) -> tuple[RefusedValue, ...]:
    """Return the parameters whose values AWS would reject where the steps use them, with one reason each.

    Args:
        document: a definition, with placeholders or filled.
        values: values by parameter. Uses of other parameters are skipped.
    """
    reasons: dict[str, dict[str, str]] = {}
    for use in parameter_uses(document):
        if not use.parameters <= values.keys():
            continue
        for text in use.violations(values):
            for name in use.parameters:
                reasons.setdefault(name, {}).setdefault(use.step, text)
    return tuple(_refused(name, by_step) for name, by_step in reasons.items())


def sample_value(parameter: Mapping[str, Any], document: Mapping[str, Any]) -> Scalar:
    """Return a value for a parameter without a default that AWS accepts where the steps use the parameter alone.

    Args:
        parameter: an item of the definition's Parameters.
        document: the definition.
    """
    name, kind = parameter["Name"], parameter["Type"]
    uses = [use for use in parameter_uses(document) if use.expression == {"Get": f"{_PREFIX}{name}"}]
    candidates = list(parameter.get("EnumValues") or _candidates(kind, uses))
    sample: Scalar = next(
        (value for value in candidates if not any(any(use.violations({name: value})) for use in uses)), candidates[0]
    )
    return sample


def _candidates(kind: str, uses: Iterable[ParameterUse]) -> Iterator[Scalar]:
    if kind == "Boolean":
        yield False
    elif kind in ("Integer", "Float"):
        yield 1
        yield from (use.shape.metadata["min"] for use in uses if "min" in use.shape.metadata)
    else:
        if any(use.key in IMAGE_ARGUMENTS for use in uses):
            yield samples.IMAGE
        yield "x"
        for use in uses:
            yield from getattr(use.shape, "enum", None) or ()
        yield from (value for value in samples.PLACEHOLDERS.values() if isinstance(value, str))
        yield from samples.REFERENCES.values()


def _refused(parameter: str, by_step: Mapping[str, str]) -> RefusedValue:
    (step, text), *others = by_step.items()
    rule, suggestion = split_hint(text)
    also = f" (also in {', '.join(name for name, _ in others)})" if others else ""
    return RefusedValue(parameter=parameter, reason=f"step {step}: {rule}{also}", suggestion=suggestion)


def _uses(
    value: Any, shape: Any, *, step: str, path: str, key: str, siblings: frozenset[str]
) -> Iterator[ParameterUse]:
    if isinstance(value, Mapping) and set(value) in _FUNCTIONS:
        use = ParameterUse(step=step, path=path, expression=value, shape=shape, key=key, siblings=siblings)
        if use.parameters:
            yield use
        return
    for name, item, inner in _children(value, shape):
        child_path = f"{path}{name}" if name.startswith("[") or not path else f"{path}.{name}"
        keys = frozenset(value) if isinstance(value, Mapping) else frozenset()
        yield from _uses(item, inner, step=step, path=child_path, key=name, siblings=keys)


def _children(value: Any, shape: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the items of an argument: key or index, value, shape."""
    if shape.type_name == "structure" and isinstance(value, Mapping):
        yield from ((key, item, shape.members[key]) for key, item in value.items() if key in shape.members)
    elif shape.type_name == "map" and isinstance(value, Mapping):
        yield from ((key, item, shape.value) for key, item in value.items())
    elif shape.type_name == "list" and isinstance(value, list):
        yield from ((f"[{index}]", item, shape.member) for index, item in enumerate(value))
