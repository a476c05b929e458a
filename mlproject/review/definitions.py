"""Compare the definitions of the pipelines in two versions of a template, step by step."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from embedded_aws.resource_rules import changed_paths
from mlproject.definition import own_arguments, steps_of
from mlproject.review.statements import Template, as_text

_PIPELINE = "AWS::SageMaker::Pipeline"
# Keys of a step that are compared on their own: its arguments, and its name, which identifies it.
_ARGUMENTS, _NAME = "Arguments", "Name"
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
# The hash of the definition's sources differs after every change of pipeline.py, even if no step differs.
_ALWAYS_CHANGED = frozenset({"DefinitionHash"})


@dataclass(frozen=True, kw_only=True)
class StepChange:
    """The change of a step, or of a parameter of the pipeline.

    Args:
        stack: path of the stack, such as `dev/flights/pipeline`.
        kind: `step` or `parameter`.
        name: name of the step or parameter.
        action: what happens to it.
        arguments: the changed arguments, as `path: before → after`; empty for an added or removed step.
    """

    stack: str
    kind: Literal["step", "parameter"]
    name: str
    action: Literal["added", "removed", "changed"]
    arguments: tuple[str, ...] = ()


def compare_definitions(before: Mapping[str, Template], after: Mapping[str, Template]) -> tuple[StepChange, ...]:
    """Return the changed steps and parameters, in the order of the definition.

    Args:
        before: templates by the path of their stack.
        after: the templates after the change.
    """
    return tuple(
        change
        for stack, template in after.items()
        for change in _compare(stack, _document(before.get(stack, {})), _document(template))
    )


def _document(template: Template) -> Mapping[str, Any]:
    """Return the definition in a template, with the values of its placeholders; empty if it has no pipeline."""
    for resource in template.get("Resources", {}).values():
        if resource["Type"] == _PIPELINE:
            body = resource["Properties"]["PipelineDefinition"]["PipelineDefinitionBody"]
            text = body.get("Fn::Sub", "{}") if isinstance(body, Mapping) else body
            text, values = text if isinstance(text, list) else (text, {})
            known = {name: as_text(value) for name, value in values.items() if name not in _ALWAYS_CHANGED}
            document: Mapping[str, Any] = _filled(json.loads(text), known)
            return document
    return {}


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    """Return a value of the definition with its placeholders filled. Each is inside a JSON string."""
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda match: known.get(match[1], match[0]), value)
    if isinstance(value, list):
        return [_filled(each, known) for each in value]
    if isinstance(value, Mapping):
        return {key: _filled(each, known) for key, each in value.items()}
    return value


def _compare(stack: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[StepChange]:
    parameters = ({each[_NAME]: each for each in document.get("Parameters", ())} for document in (before, after))
    yield from _differences(stack, "parameter", *parameters)
    steps = ({each[_NAME]: _comparable(each) for each in steps_of(document)} for document in (before, after))
    yield from _differences(stack, "step", *steps)


def _comparable(step: Mapping[str, Any]) -> dict[str, Any]:
    """Return a step without the steps in its branches, which are compared on their own."""
    others = {key: value for key, value in step.items() if key not in {_ARGUMENTS, _NAME}}
    return {**others, **own_arguments(step)}


def _differences(
    stack: str, kind: Literal["step", "parameter"], before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[StepChange]:
    for name, value in after.items():
        if name not in before:
            yield StepChange(stack=stack, kind=kind, name=name, action="added")
        elif before[name] != value:
            arguments = tuple(
                f"{path}: {_value_at(before[name], path)} → {_value_at(value, path)}"
                for path in sorted(changed_paths(before[name], value))
            )
            yield StepChange(stack=stack, kind=kind, name=name, action="changed", arguments=arguments)
    for name in before:
        if name not in after:
            yield StepChange(stack=stack, kind=kind, name=name, action="removed")


def _value_at(value: Any, path: str) -> str:
    for part in path.split("/"):
        if not isinstance(value, Mapping) or part not in value:
            return "none" if isinstance(value, Mapping) else json.dumps(value, sort_keys=True)
        value = value[part]
    return json.dumps(value, sort_keys=True)
