"""Resolve the references and functions of a definition: Get, Std:Join, Std:JsonGet.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-properties.html and
https://github.com/aws-sagemaker-mlops/sagemaker-model-building-pipeline-definition-JSON-schema
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.errors import UserError

FUNCTIONS = ("Get", "Std:Join", "Std:JsonGet")
EXECUTION_VARIABLES = (
    "CurrentDateTime",
    "PipelineArn",
    "PipelineExecutionArn",
    "PipelineExecutionId",
    "PipelineName",
    "StartDateTime",
)
# One level of a path: a name, [3] or ['key'].
_PATH = re.compile(r"\.?([A-Za-z0-9_:\-]+)|\[(\d+)\]|\[['\"]([^'\"]+)['\"]\]")
# The keys that name items of AWS's lists: Outputs['train'] is the item whose OutputName is train.
_ITEM_NAMES = ("OutputName", "InputName", "ChannelName", "MetricName", "Name")


@dataclass(kw_only=True)
class Scope:
    """The values that references can access at a point of a run.

    Args:
        parameters: value by parameter name.
        execution: value by execution variable, as in EXECUTION_VARIABLES.
        steps: the properties of every finished step.
        property_files: parsed JSON by (step, property file name).
        read_json: fetches a JSON document by its S3 URI, for Std:JsonGet with an S3Uri.
    """

    parameters: Mapping[str, Any]
    execution: Mapping[str, str]
    steps: Mapping[str, Mapping[str, Any]]
    property_files: Mapping[tuple[str, str], Any]
    read_json: Callable[[str], Any]


def resolve(value: Any, scope: Scope) -> Any:
    """Replace every reference and function in a JSON value.

    Raises:
        UserError: a reference cannot be resolved.
    """
    if isinstance(value, list):
        return [resolve(item, scope) for item in value]
    if not isinstance(value, dict):
        return value
    name = function_of(value)
    if name == "Get":
        return _get(value["Get"], scope)
    if name == "Std:Join":
        return _join(value["Std:Join"], scope)
    if name == "Std:JsonGet":
        return _json_get(value["Std:JsonGet"], scope)
    return {key: resolve(item, scope) for key, item in value.items()}


def function_of(value: Any) -> str | None:
    """Return the function that a JSON object calls; None for plain data."""
    if isinstance(value, dict) and len(value) == 1:
        (key,) = value
        if key == "Get" or key.startswith("Std:"):
            return str(key)
    return None


def look_up(document: Any, path: str, *, of: str) -> Any:
    """Follow a path such as `Outputs['train'].S3Output.S3Uri` into a JSON document.

    Args:
        document: parsed JSON.
        path: names, indexes and keys; a leading `$.` is allowed.
        of: a description of the document for the error message.

    Raises:
        UserError: there is no value at the path.
    """
    position, here = 0, document
    path = path.removeprefix("$")
    while position < len(path):
        match = _PATH.match(path, position)
        found = _step_down(here, match) if match else None
        if match is None or found is None:
            raise UserError(f"{of}: nothing at {path!r} (stops after {path[:position]!r}).")
        here, position = found[0], match.end()
    return here


def _step_down(here: Any, match: re.Match[str]) -> tuple[Any] | None:
    """Return the item at one level of a path in a tuple, because it may be null; None if there is none."""
    name, index, key = match.groups()
    if index is not None:
        return (here[int(index)],) if isinstance(here, list) and int(index) < len(here) else None
    item_name = name if name is not None else key
    if isinstance(here, dict):
        return (here[item_name],) if item_name in here else None
    if isinstance(here, list):
        for item in here:
            if isinstance(item, dict) and item_name in (item.get(field) for field in _ITEM_NAMES):
                return (item,)
    return None


def _get(path: str, scope: Scope) -> Any:
    kind, _, rest = path.partition(".")
    if kind == "Parameters" and rest in scope.parameters:
        return scope.parameters[rest]
    if kind == "Execution" and rest in scope.execution:
        return scope.execution[rest]
    if kind == "Steps":
        step, inner = split_step(rest)
        if step in scope.steps:
            return look_up(scope.steps[step], inner, of=f"reference to step {step}")
    raise UserError(f"reference {path!r}: no such parameter, execution variable or finished step.")


def split_step(rest: str) -> tuple[str, str]:
    """`Train.ModelArtifacts.X` -> (`Train`, `.ModelArtifacts.X`)."""
    match = re.match(r"[A-Za-z0-9_\-]+", rest)
    name = match[0] if match else rest
    return name, rest[len(name) :]


def _join(arguments: Mapping[str, Any], scope: Scope) -> str:
    values = resolve(arguments.get("Values", []), scope)
    return str(arguments.get("On", "")).join(as_text(value) for value in values)


def as_text(value: Any) -> str:
    """Format a value as text: booleans as in JSON, numbers as in Python."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json_get(arguments: Mapping[str, Any], scope: Scope) -> Any:
    path = resolve(arguments["Path"], scope)
    if "PropertyFile" not in arguments:
        uri = resolve(arguments["S3Uri"], scope)
        return look_up(scope.read_json(uri), path, of=uri)
    step, file = _property_file(arguments["PropertyFile"])
    if (step, file) not in scope.property_files:
        raise UserError(f"property file {file!r} of step {step!r}: the step declares none or has not finished.")
    return look_up(scope.property_files[step, file], path, of=f"property file {file} of step {step}")


def property_file(path: str) -> tuple[str, str]:
    """`Steps.Evaluate.PropertyFiles.Metrics` -> (`Evaluate`, `Metrics`)."""
    step, inner = split_step(path.removeprefix("Steps."))
    return step, inner.removeprefix(".PropertyFiles.")


def property_files(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the step and the name of each property file that a JSON value refers to."""
    if isinstance(value, list):
        for item in value:
            yield from property_files(item)
    elif isinstance(value, dict):
        if function_of(value) == "Std:JsonGet" and "PropertyFile" in value["Std:JsonGet"]:
            yield _property_file(value["Std:JsonGet"]["PropertyFile"])
        for item in value.values():
            yield from property_files(item)


def _property_file(target: Any) -> tuple[str, str]:
    return property_file(target["Get"] if isinstance(target, dict) else str(target))
