"""CloudFormation's functions: what a template's expressions give, with AWS's words for what cannot be."""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from embedded_aws.cloudformation.errors import CloudFormationError


class _Marker:
    """A value that stands for itself; compared by identity."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name

    def __deepcopy__(self, _memo: object) -> _Marker:
        return self


PENDING: Final = _Marker("PENDING")
"""A value that is known only when the resource that gives it exists."""
NO_VALUE: Final = _Marker("NO_VALUE")
"""AWS::NoValue: whatever holds it leaves it out."""

SUB_VARIABLE = re.compile(r"\$\{([^!{}][^{}]*)\}")
_SUB_ESCAPED = re.compile(r"\$\{!([^{}]*)\}")


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What the expressions of one template can name.

    Args:
        parameters: the values of the parameters and of the pseudo parameters.
        mappings, conditions: as the template writes them.
        ref: the physical id of a resource, PENDING, or a CloudFormationError.
        attribute: an attribute of a resource, PENDING, or a CloudFormationError.
        import_value: the value of another stack's export.
        zones: the availability zones of a region.
        pending: the resources whose values will be known later.
    """

    parameters: Mapping[str, Any]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    ref: Callable[[str], Any]
    attribute: Callable[[str, str], Any]
    import_value: Callable[[str], str]
    zones: Callable[[str], list[str]]
    pending: Collection[str] = ()
    _decided: dict[str, bool] = field(default_factory=dict)

    def value(self, node: Any) -> Any:
        """What an expression gives; members and items that are AWS::NoValue are left out."""
        if isinstance(node, list):
            return [value for item in node if (value := self.value(item)) is not NO_VALUE]
        if not isinstance(node, Mapping):
            return node
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            if name in _FUNCTIONS:
                return _FUNCTIONS[name](self, argument)
            if str(name).startswith("Fn::"):
                raise CloudFormationError(f"Template error: the embedded AWS does not know the function {name}")
        values = {name: self.value(member) for name, member in node.items()}
        return {name: value for name, value in values.items() if value is not NO_VALUE}

    def condition(self, name: str) -> bool:
        """Whether a condition of the template holds."""
        if name not in self._decided:
            if name not in self.conditions:
                raise CloudFormationError(f"Template format error: Unresolved condition dependency {name}")
            self._decided[name] = self.holds(self.conditions[name])
        return self._decided[name]

    def holds(self, node: Any) -> bool:
        """Whether an expression of conditions holds; `Condition` is a function here, and a plain key elsewhere."""
        if isinstance(node, Mapping) and list(node) == ["Condition"]:
            return self.condition(node["Condition"])
        value = self.value(node)
        if isinstance(value, bool):
            return value
        if value in {"true", "false"}:
            return bool(value == "true")
        raise CloudFormationError(f"Template error: a condition must be true or false, not {value!r}")


def is_pending(value: Any) -> bool:
    """Whether a value, or anything inside it, is not known yet."""
    if isinstance(value, Mapping):
        return any(is_pending(member) for member in value.values())
    if isinstance(value, list):
        return any(is_pending(item) for item in value)
    return value is PENDING


def text_of(value: Any) -> str:
    """A scalar as CloudFormation writes it into text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise CloudFormationError(f"Template error: text was expected, not {value!r}")


def _arguments(name: str, argument: Any, counts: tuple[int, ...]) -> list[Any]:
    if not isinstance(argument, list) or len(argument) not in counts:
        desired = " or ".join(map(str, counts))
        raise CloudFormationError(f"Template error: every {name} object requires a list of {desired} elements")
    return argument


def _ref(scope: Scope, argument: Any) -> Any:
    if argument == "AWS::NoValue":
        return NO_VALUE
    if argument in scope.parameters:
        return scope.parameters[argument]
    return scope.ref(argument)


def _get_att(scope: Scope, argument: Any) -> Any:
    parts = argument.split(".", maxsplit=1) if isinstance(argument, str) else argument
    resource, attribute = _arguments("Fn::GetAtt", parts, (2,))
    attribute = scope.value(attribute)
    return PENDING if attribute is PENDING else scope.attribute(resource, text_of(attribute))


def _sub(scope: Scope, argument: Any) -> Any:
    text, variables = (argument, {}) if isinstance(argument, str) else _arguments("Fn::Sub", argument, (2,))
    known = scope.value(variables)
    names = dict.fromkeys(name.strip() for name in SUB_VARIABLE.findall(text))
    values = {name: _sub_variable(scope, name, known) for name in names}
    if is_pending(list(values.values())):
        return PENDING
    filled = SUB_VARIABLE.sub(lambda match: text_of(values[match[1].strip()]), text)
    return _SUB_ESCAPED.sub(r"${\1}", filled)


def _sub_variable(scope: Scope, name: str, known: Mapping[str, Any]) -> Any:
    if name in known:
        return known[name]
    return _get_att(scope, name) if "." in name and name not in scope.parameters else _ref(scope, name)


def _join(scope: Scope, argument: Any) -> Any:
    separator, items = _arguments("Fn::Join", argument, (2,))
    values = scope.value(items)
    if is_pending(values):
        return PENDING
    if not isinstance(values, list):
        raise CloudFormationError("Template error: every Fn::Join object requires a list of values to join")
    return text_of(separator).join(text_of(value) for value in values)


def _select(scope: Scope, argument: Any) -> Any:
    index, items = (scope.value(part) for part in _arguments("Fn::Select", argument, (2,)))
    if index is PENDING or items is PENDING:
        return PENDING
    items = items.split(",") if isinstance(items, str) else items
    if not str(index).isdigit() or not isinstance(items, list) or int(index) >= len(items):
        raise CloudFormationError(f"Template error: Fn::Select cannot select nonexistent value at index {index}")
    return items[int(index)]


def _split(scope: Scope, argument: Any) -> Any:
    separator, text = (scope.value(part) for part in _arguments("Fn::Split", argument, (2,)))
    return PENDING if is_pending([separator, text]) else text_of(text).split(text_of(separator))


def _base64(scope: Scope, argument: Any) -> Any:
    text = scope.value(argument)
    return PENDING if text is PENDING else base64.b64encode(text_of(text).encode()).decode()


def _find_in_map(scope: Scope, argument: Any) -> Any:
    keys = [scope.value(part) for part in _arguments("Fn::FindInMap", argument, (3,))]
    if is_pending(keys):
        return PENDING
    found: Any = scope.mappings
    for key in keys:
        if not isinstance(found, Mapping) or key not in found:
            raise CloudFormationError(f"Template error: Unable to get mapping for {'::'.join(map(str, keys))}")
        found = found[key]
    return found


def _get_azs(scope: Scope, argument: Any) -> Any:
    region = scope.value(argument)
    return PENDING if region is PENDING else scope.zones(region or scope.parameters["AWS::Region"])


def _import_value(scope: Scope, argument: Any) -> Any:
    name = scope.value(argument)
    return PENDING if name is PENDING else scope.import_value(text_of(name))


def _cidr(scope: Scope, argument: Any) -> Any:
    values = [scope.value(part) for part in _arguments("Fn::Cidr", argument, (2, 3))]
    if is_pending(values):
        return PENDING
    block, count, *bits = values
    try:
        network = ipaddress.ip_network(block)
        host_bits = int(bits[0]) if bits else 8
        subnets = list(zip(range(int(count)), network.subnets(new_prefix=network.max_prefixlen - host_bits)))  # noqa: B905
    except ValueError as error:
        raise CloudFormationError(f"Template error: Fn::Cidr cannot divide {block}: {error}") from error
    if len(subnets) < int(count):
        raise CloudFormationError(f"Template error: Fn::Cidr cannot make {count} blocks of {block}")
    return [str(subnet) for _, subnet in subnets]


def _if(scope: Scope, argument: Any) -> Any:
    name, then, otherwise = _arguments("Fn::If", argument, (3,))
    return scope.value(then if scope.condition(name) else otherwise)


def _equals(scope: Scope, argument: Any) -> bool:
    left, right = (scope.value(part) for part in _arguments("Fn::Equals", argument, (2,)))
    return bool(_comparable(left) == _comparable(right))


def _comparable(value: Any) -> Any:
    return text_of(value) if isinstance(value, bool | int | float) else value


def _and(scope: Scope, argument: Any) -> bool:
    return all(scope.holds(part) for part in _arguments("Fn::And", argument, tuple(range(2, 11))))


def _or(scope: Scope, argument: Any) -> bool:
    return any(scope.holds(part) for part in _arguments("Fn::Or", argument, tuple(range(2, 11))))


def _not(scope: Scope, argument: Any) -> bool:
    return not scope.holds(_arguments("Fn::Not", argument, (1,))[0])


def _contains(scope: Scope, argument: Any) -> bool:
    items, desired = (scope.value(part) for part in _arguments("Fn::Contains", argument, (2,)))
    return _comparable(desired) in [_comparable(item) for item in items]


_FUNCTIONS: Mapping[str, Callable[[Scope, Any], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Base64": _base64,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _get_azs,
    "Fn::ImportValue": _import_value,
    "Fn::Cidr": _cidr,
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::And": _and,
    "Fn::Or": _or,
    "Fn::Not": _not,
    "Fn::Contains": _contains,
}
