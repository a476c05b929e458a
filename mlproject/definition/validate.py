"""Check a definition against the models that botocore holds of SageMaker's API, without an account."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from mlproject.definition import samples
from mlproject.definition.constraints import violations
from mlproject.definition.document import Scalar, parameter_value
from mlproject.definition.graph import own_arguments, references, steps_of
from mlproject.definition.placeholders import LISTS, SCALARS, fill, nearest, protect
from mlproject.errors import UserError

# Which call a step makes, and the name that the service adds to it.
_OPERATIONS: Mapping[str, tuple[str, str | None]] = {
    "Processing": ("CreateProcessingJob", "ProcessingJobName"),
    "Training": ("CreateTrainingJob", "TrainingJobName"),
    "Transform": ("CreateTransformJob", "TransformJobName"),
    "Model": ("CreateModel", "ModelName"),
    "RegisterModel": ("CreateModelPackage", None),
    "Tuning": ("CreateHyperParameterTuningJob", "HyperParameterTuningJobName"),
}
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/InstanceStorage.html: instances whose local disks have a key of
# their own, so that SageMaker refuses VolumeKmsKeyId for them
# (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingClusterConfig.html).
_LOCAL_DISKS = re.compile(r"ml\.(g4dn|g5|g6e?|g7e?|p3dn|p4de?|p5\w*|p6[\w-]*|trn\d\w*|[cmr]\d\w*d)\.")
_STEP_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check(document: Mapping[str, Any], *, parameters: Mapping[str, Scalar] | None = None) -> tuple[str, ...]:
    """What the service would refuse, each finding with the step, the argument and the rule.

    Args:
        document: a definition, with placeholders (sample values stand in for them) or filled.
        parameters: values of pipeline parameters that a deployment or a run changes; the defaults stand for the rest.
    """
    filled = _filled(document)
    values, findings = _parameter_values(filled, parameters or {})
    findings += _structure(filled, values)
    if not findings:
        for step in steps_of(filled):
            findings += [f"{step['Name']}: {finding}" for finding in _step(step, values)]
    return tuple(findings)


def _filled(document: Mapping[str, Any]) -> dict[str, Any]:
    text = json.dumps(document)
    closed = SCALARS | LISTS | {f"{name}{kind}" for name in _step_names(document) for kind in ("Code", "File")}
    names = {name for name in closed if f"${{{name}}}" in text}
    result: dict[str, Any] = json.loads(fill(protect(text, keep=names), samples.placeholder_values(names)))
    return result


def _step_names(document: Mapping[str, Any]) -> list[str]:
    return [str(step.get("Name", "")) for step in steps_of(document)]


def _parameter_values(document: Mapping[str, Any], given: Mapping[str, Scalar]) -> tuple[dict[str, Scalar], list[str]]:
    known = {parameter["Name"]: parameter for parameter in document.get("Parameters", ())}
    findings = [f"pipeline parameter {name}: unknown; {nearest(name, known)}" for name in given if name not in known]
    values: dict[str, Scalar] = {}
    for name, parameter in known.items():
        value = given.get(name, parameter.get("DefaultValue", {"Integer": 1, "Float": 1.0}.get(parameter["Type"], "x")))
        try:
            values[name] = parameter_value(parameter, value)
        except UserError as error:
            findings.append(str(error).rstrip("."))
    return values, findings


def _structure(document: Mapping[str, Any], parameters: Mapping[str, Scalar]) -> Iterator[str]:
    """Names that the service resolves: steps, parameters, references, types."""
    names = Counter(_step_names(document))
    for name, count in names.items():
        if count > 1:
            yield f"{name}: {count} steps have this name"
        if not _STEP_NAME.fullmatch(name):
            yield f"{name}: a step's name has 1 to 64 letters, digits, - and _"
    for step in steps_of(document):
        if step["Type"] not in _step_types():
            yield f"{step['Name']}: Type {step['Type']!r} is no step type; {nearest(step['Type'], _step_types())}"
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
    operation, name = _OPERATIONS.get(step["Type"], (None, None))
    if operation is None:
        return
    arguments = _resolve(step["Arguments"], parameters)
    if name:
        arguments.setdefault(name, "sample")
    shape = _service_model().operation_model(operation).input_shape
    report = _validator().validate(arguments, shape)
    if report.has_errors():
        yield from report.generate_report().splitlines()
        return
    yield from violations(shape, arguments, "")
    yield from _volume_keys(arguments)


def _volume_keys(arguments: Any, path: str = "") -> Iterator[str]:
    """VolumeKmsKeyId beside an instance type with local disks, wherever both stand."""
    if isinstance(arguments, list):
        for index, item in enumerate(arguments):
            yield from _volume_keys(item, f"{path}[{index}]")
    if not isinstance(arguments, dict):
        return
    instance = str(arguments.get("InstanceType", ""))
    if "VolumeKmsKeyId" in arguments and _LOCAL_DISKS.match(instance):
        yield f"{path}.InstanceType: {instance!r} has local disks, for which the service refuses VolumeKmsKeyId"
    for key, item in arguments.items():
        yield from _volume_keys(item, f"{path}.{key}" if path else key)


def _resolve(value: Any, parameters: Mapping[str, Scalar]) -> Any:
    """References, joins and property files replaced by values of the right shape."""
    if isinstance(value, list):
        return [_resolve(item, parameters) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Get"}:
        kind, _, rest = value["Get"].partition(".")
        return parameters[rest] if kind == "Parameters" else samples.reference_value(rest)
    if set(value) == {"Std:Join"}:
        join = value["Std:Join"]
        return join["On"].join(str(_resolve(item, parameters)) for item in join["Values"])
    if set(value) == {"Std:JsonGet"}:
        return samples.PROPERTY_FILE_VALUE
    return {key: _resolve(item, parameters) for key, item in value.items()}


@cache
def _service_model() -> Any:
    import botocore.session  # slow; whoever only reads a definition does not wait for it

    return botocore.session.get_session().get_service_model("sagemaker")


def _validator() -> Any:
    from botocore.validate import ParamValidator  # as above

    return ParamValidator()


@cache
def _step_types() -> tuple[str, ...]:
    """The types that a pipeline's execution can report: `TrainingJob` there is `Training` in a definition."""
    members = _service_model().shape_for("PipelineExecutionStepMetadata").members
    return tuple(sorted(name.removesuffix("Job") for name in members))
