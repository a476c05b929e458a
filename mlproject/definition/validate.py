"""Check a definition against botocore's model of SageMaker's API, without an AWS account."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from mlproject.definition.constraints import instance_violations, violations
from mlproject.definition.document import Scalar, parameter_value
from mlproject.definition.graph import every_step, own_arguments, references, steps_of
from mlproject.definition.images.checks import malformed_images
from mlproject.definition.parameter_uses import refused_values, sample_value
from mlproject.definition.placeholders import name_hint
from mlproject.definition.resolution import fill_with_samples, resolve
from mlproject.definition.service_model import OPERATIONS, input_shape, step_types, validator
from mlproject.errors import UserError

_STEP_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_definition(document: Mapping[str, Any], *, parameters: Mapping[str, Scalar] | None = None) -> tuple[str, ...]:
    """Return what SageMaker would reject. Each finding names the step, the argument and the rule.

    Args:
        document: a definition, with placeholders, which are replaced with sample values, or filled.
        parameters: values of pipeline parameters. The others have their default values.
    """
    filled = fill_with_samples(document)
    values, findings = _parameter_values(filled, parameters or {})
    findings += _structure(filled, _declared(filled))
    if not findings:
        for step in steps_of(filled):
            findings += [f"{step['Name']}: {finding}" for finding in _step(step, values)]
        findings += _enumeration_findings(filled, values)
    if not findings:  # the arguments have the structure in which the images are
        findings += malformed_images(filled, values)
    return tuple(findings)


def _declared(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {parameter["Name"]: parameter for parameter in document.get("Parameters", ())}


def _parameter_values(document: Mapping[str, Any], given: Mapping[str, Scalar]) -> tuple[dict[str, Scalar], list[str]]:
    known = _declared(document)
    findings = [f"pipeline parameter {name}: unknown. {name_hint(name, known)}" for name in given if name not in known]
    values: dict[str, Scalar] = {}
    for name, parameter in known.items():
        value = given[name] if name in given else parameter.get("DefaultValue")
        try:
            values[name] = parameter_value(parameter, sample_value(parameter, document) if value is None else value)
        except UserError as error:
            findings.append(str(error).rstrip("."))
    return values, findings


def _enumeration_findings(document: Mapping[str, Any], values: Mapping[str, Scalar]) -> Iterator[str]:
    """Yield the values in a parameter's enumeration that AWS would reject."""
    for name, parameter in _declared(document).items():
        for value in parameter.get("EnumValues") or ():
            if value != values[name]:
                refused = refused_values(document, {**values, name: value})
                yield from (f"pipeline parameter {name}: {each}" for each in refused if each.parameter == name)


def _structure(document: Mapping[str, Any], parameters: Mapping[str, Any]) -> Iterator[str]:
    """Check the names that SageMaker resolves: steps, parameters, references, types."""
    names = Counter(str(step.get("Name", "")) for step in every_step(document))
    for name, count in names.items():
        if count > 1:
            yield f"{name}: {count} steps have this name"
        if not _STEP_NAME.fullmatch(name):
            yield f"{name}: a step name must have 1 to 64 letters, digits, - and _"
    for step in steps_of(document):
        if step["Type"] not in step_types():
            yield f"{step['Name']}: Type {step['Type']!r} is not a step type. {name_hint(step['Type'], step_types())}"
        for reference in references(own_arguments(step)):
            kind, _, rest = reference.partition(".")
            target = rest.partition(".")[0]
            if kind == "Parameters" and target not in parameters:
                yield f"{step['Name']}: {reference} is not a pipeline parameter. {name_hint(target, parameters)}"
            elif kind == "Steps" and target not in names:
                yield f"{step['Name']}: {reference} does not refer to a step. {name_hint(target, names)}"
        for target in step.get("DependsOn") or ():
            if isinstance(target, str) and target not in names:
                yield f"{step['Name']}: DependsOn {target!r} is not a step. {name_hint(target, names)}"


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
    yield from dict.fromkeys([*violations(shape, arguments, ""), *_instance_violations(arguments)])


def _instance_violations(arguments: Any, path: str = "") -> Iterator[str]:
    """Yield arguments that are not compatible with an instance type or count, at any level."""
    if isinstance(arguments, list):
        for index, item in enumerate(arguments):
            yield from _instance_violations(item, f"{path}[{index}]")
    if not isinstance(arguments, dict):
        return
    for key, item in arguments.items():
        item_path = f"{path}.{key}" if path else key
        yield from instance_violations(key, item, arguments, item_path)
        yield from _instance_violations(item, item_path)
