"""Parameters of a template: their values, checked, with those kept in the Parameter Store fetched at each operation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.cloudformation.errors import CloudFormationError

_SSM_VALUE = re.compile(r"AWS::SSM::Parameter::Value<(.+)>")


@dataclass(frozen=True, kw_only=True)
class ParameterValue:
    """One parameter's value.

    Args:
        raw: what was given; for a parameter of the Parameter Store its name, which UsePreviousValue takes again.
        value: what Ref gives: text, or a list of texts.
        fetched: what the Parameter Store answered, if it was asked.
        no_echo: shown as asterisks.
    """

    raw: str
    value: str | list[str]
    fetched: str | None = None
    no_echo: bool = False


@dataclass(frozen=True, kw_only=True)
class GivenParameter:
    """One parameter of a request; `value` None asks for the previous one."""

    value: str | None


def resolve_parameters(
    declared: Mapping[str, Mapping[str, Any]],
    *,
    given: Mapping[str, GivenParameter],
    previous: Mapping[str, ParameterValue],
    fetch: Callable[[str], str],
) -> dict[str, ParameterValue]:
    """The value of every declared parameter.

    Args:
        declared: the template's section Parameters.
        given: the request's values.
        previous: the values that the stack has.
        fetch: reads a parameter from the Parameter Store.

    Raises:
        CloudFormationError: one is missing, unknown, or breaks its rules.
    """
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise CloudFormationError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    raw = {name: _raw(name, body, given.get(name), previous.get(name)) for name, body in declared.items()}
    missing = [name for name, value in raw.items() if value is None]
    if missing:
        raise CloudFormationError(f"Parameters: [{', '.join(missing)}] must have values")
    return {name: _value(name, body, str(raw[name]), fetch) for name, body in declared.items()}


def _raw(
    name: str, body: Mapping[str, Any], given: GivenParameter | None, previous: ParameterValue | None
) -> str | None:
    if given is not None and given.value is not None:
        return given.value
    if given is not None:
        if previous is None:
            raise CloudFormationError(
                f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a parameter "
                f"key not in the previous template"
            )
        return previous.raw
    default = body.get("Default")
    if default is None:
        return None
    return ("true" if default else "false") if isinstance(default, bool) else str(default)


def _value(name: str, body: Mapping[str, Any], raw: str, fetch: Callable[[str], str]) -> ParameterValue:
    kind = body.get("Type", "String")
    no_echo = str(body.get("NoEcho", False)).lower() == "true"
    _check_rules(name, body, raw)
    stored = _SSM_VALUE.fullmatch(kind)
    if stored:
        fetched = fetch(raw)
        return ParameterValue(raw=raw, value=_typed(stored[1], fetched), fetched=fetched, no_echo=no_echo)
    return ParameterValue(raw=raw, value=_typed(kind, raw), no_echo=no_echo)


def _typed(kind: str, text: str) -> str | list[str]:
    """Lists are written with commas; all else is text."""
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [item.strip() for item in text.split(",")] if text else []
    return text


def _check_rules(name: str, body: Mapping[str, Any], raw: str) -> None:
    """The constraints hold for what was given: for the Parameter Store's, AWS too checks the name only."""
    kind = body.get("Type", "String")
    listed = kind == "CommaDelimitedList" or kind.startswith("List<")
    items = [item.strip() for item in raw.split(",")] if listed else [raw]
    for item in items:
        reason = _broken_rule(name, body, item)
        if reason:
            described = body.get("ConstraintDescription")
            raise CloudFormationError(
                f"Parameter {name} failed to satisfy constraint: {described}" if described else reason
            )


def _broken_rule(name: str, body: Mapping[str, Any], item: str) -> str | None:
    allowed = [_text(value) for value in body.get("AllowedValues", [])]
    if allowed and item not in allowed:
        return f"Parameter '{name}' must be one of AllowedValues [{', '.join(allowed)}]"
    pattern = body.get("AllowedPattern")
    if pattern and not re.fullmatch(pattern, item):
        return f"Parameter '{name}' must match pattern {pattern}"
    if len(item) < int(body.get("MinLength", 0)):
        return f"Parameter '{name}' must contain at least {body['MinLength']} characters"
    if "MaxLength" in body and len(item) > int(body["MaxLength"]):
        return f"Parameter '{name}' must contain at most {body['MaxLength']} characters"
    if body.get("Type") in {"Number", "List<Number>"}:
        return _broken_number_rule(name, body, item)
    return None


def _broken_number_rule(name: str, body: Mapping[str, Any], item: str) -> str | None:
    try:
        number = float(item)
    except ValueError:
        return f"Parameter '{name}' must be a number"
    if "MinValue" in body and number < float(body["MinValue"]):
        return f"Parameter '{name}' must be a number not less than {body['MinValue']}"
    if "MaxValue" in body and number > float(body["MaxValue"]):
        return f"Parameter '{name}' must be a number not greater than {body['MaxValue']}"
    return None


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
