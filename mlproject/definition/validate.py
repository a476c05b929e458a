"""Check a definition against the models that botocore holds of SageMaker's API, without an account."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from mlproject.definition.constraints import machine_violations, violations
from mlproject.definition.document import Scalar, parameter_value
from mlproject.definition.graph import own_arguments, references, steps_of
from mlproject.definition.parameter_uses import refused_values, sample_value
from mlproject.definition.placeholders import nearest
from mlproject.definition.resolution import filled_with_samples, resolve
from mlproject.definition.service_model import OPERATIONS, input_shape, step_types, validator
from mlproject.errors import UserError

_STEP_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check(document: Mapping[str, Any], *, parameters: Mapping[str, Scalar] | None = None) -> tuple[str, ...]:
    """What the service would refuse, each finding with the step, the argument and the rule.

    Args:
        document: a definition, with placeholders (sample values stand in for them) or filled.
        parameters: values of pipeline parameters that a deployment or a run changes; the defaults stand for the rest.
    """
    filled = filled_with_samples(document)
    values, findings = _parameter_values(filled, parameters or {})
    findings += _structure(filled, _declared(filled))
    if not findings:
        for step in steps_of(filled):
            findings += [f"{step['Name']}: {finding}" for finding in _step(step, values)]
        findings += _choices(filled, values)
    return tuple(findings)


def _step_names(document: Mapping[str, Any]) -> list[str]:
    return [str(step.get("Name", "")) for step in steps_of(document)]


def _declared(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {parameter["Name"]: parameter for parameter in document.get("Parameters", ())}


def _parameter_values(document: Mapping[str, Any], given: Mapping[str, Scalar]) -> tuple[dict[str, Scalar], list[str]]:
    known = _declared(document)
    findings = [f"pipeline parameter {name}: unknown; {nearest(name, known)}" for name in given if name not in known]
    values: dict[str, Scalar] = {}
    for name, parameter in known.items():
        value = given[name] if name in given else parameter.get("DefaultValue")
        try:
            values[name] = parameter_value(parameter, sample_value(parameter, document) if value is None else value)
        except UserError as error:
            findings.append(str(error).rstrip("."))
    return values, findings


def _choices(document: Mapping[str, Any], values: Mapping[str, Scalar]) -> Iterator[str]:
    """The choices that a parameter offers and AWS would refuse."""
    for name, parameter in _declared(document).items():
        for choice in parameter.get("EnumValues") or ():
            if choice != values[name]:
                refused = refused_values(document, {**values, name: choice})
                yield from (f"pipeline parameter {name}: {found}" for found in refused if found.parameter == name)


def _structure(document: Mapping[str, Any], parameters: Mapping[str, Any]) -> Iterator[str]:
    """Names that the service resolves: steps, parameters, references, types."""
    names = Counter(_step_names(document))
    for name, count in names.items():
        if count > 1:
            yield f"{name}: {count} steps have this name"
        if not _STEP_NAME.fullmatch(name):
            yield f"{name}: a step's name has 1 to 64 letters, digits, - and _"
    for step in steps_of(document):
        if step["Type"] not in step_types():
            yield f"{step['Name']}: Type {step['Type']!r} is no step type; {nearest(step['Type'], step_types())}"
        for reference in references(own_arguments(step)):
            kind, _, rest = reference.partition(".")
            target = rest.partition(".")[0]
            if kind == "Parameters" and target not in parameters:
                yield f"{step['Name']}: {reference} is no pipeline parameter; {nearest(target, parameters)}"
            elif kind == "Steps" and target not in names:
                yield f"{step['Name']}: {reference} refers to no step; {nearest(target, names)}"
        for target in step.get("DependsOn") or ():
            if isinstance(target, str) and target not in names:
                yield f"{step['Name']}: DependsOn {target!r} is no step; {nearest(target, names)}"


def _step(step: Mapping[str, Any], parameters: Mapping[str, Scalar]) -> Iterator[str]:
    shape = input_shape(step["Type"])
    if shape is None:
        return
    arguments = resolve(step["Arguments"], parameters)
    _, name = OPERATIONS[step["Type"]]
    if name:
        arguments.setdefault(name, "sample")
    report = validator().validate(arguments, shape)
    if report.has_errors():
        yield from report.generate_report().splitlines()
        return
    yield from dict.fromkeys([*violations(shape, arguments, ""), *_machines(arguments)])


def _machines(arguments: Any, path: str = "") -> Iterator[str]:
    """What stands beside an instance type or count and does not go with it, wherever that is."""
    if isinstance(arguments, list):
        for index, item in enumerate(arguments):
            yield from _machines(item, f"{path}[{index}]")
    if not isinstance(arguments, dict):
        return
    for key, item in arguments.items():
        below = f"{path}.{key}" if path else key
        yield from machine_violations(key, item, arguments, below)
        yield from _machines(item, below)
