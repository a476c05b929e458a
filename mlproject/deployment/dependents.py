"""Resources that a deployment replaces because another stack changes an SSM parameter that they use.

The change set of a stack contains the present value of an SSM parameter. If a stack that is deployed before it changes
the parameter, for example the ARN of the project's key, CloudFormation finds the new value only during the deployment:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from embedded_aws.resource_rules import resource_rules
from mlproject.deployment.change_sets import StackChanges
from mlproject.deployment.consequences import INSIGNIFICANT, Consequence, Effect

_PARAMETER = "AWS::SSM::Parameter"
_PARAMETER_VALUE = "AWS::SSM::Parameter::Value"


def list_dependent_replacements(planned: Iterable[StackChanges]) -> tuple[Consequence, ...]:
    """List the resources that are replaced once another planned stack has changed an SSM parameter.

    Args:
        planned: changes to each stack.
    """
    stacks = tuple(planned)
    changed = {name: certain for stack in stacks for name, certain in _changed_parameters(stack)}
    return tuple(
        replacement
        for stack in stacks
        if stack.deployed_template and changed
        for replacement in _replacements(stack, changed)
    )


def _changed_parameters(stack: StackChanges) -> Iterator[tuple[str, bool]]:
    """Yield the name of each SSM parameter whose value changes, and whether the change is certain."""
    created = {
        change["LogicalResourceId"]
        for change in stack.changes
        if change["Action"] == "Add" or change.get("Replacement") == "True"
    }
    for change in stack.changes:
        if change["ResourceType"] != _PARAMETER or change["Action"] != "Modify":
            continue
        name = stack.desired_template["Resources"][change["LogicalResourceId"]]["Properties"].get("Name")
        for detail in change.get("Details", ()):
            if isinstance(name, str) and detail["Target"].get("Name") == "Value":
                cause = str(detail.get("CausingEntity", "")).partition(".")[0]
                yield name, detail.get("Evaluation") == "Static" or cause in created


def _replacements(stack: StackChanges, changed: Mapping[str, bool]) -> Iterator[Consequence]:
    parameters = {
        key: changed[parameter["Default"]]
        for key, parameter in stack.desired_template.get("Parameters", {}).items()
        if str(parameter.get("Type", "")).startswith(_PARAMETER_VALUE) and parameter.get("Default") in changed
    }
    replaced = {change["LogicalResourceId"] for change in stack.changes if change.get("Replacement") == "True"}
    for logical_id, resource in stack.desired_template["Resources"].items():
        if logical_id not in stack.deployed_template["Resources"] or logical_id in replaced:
            continue
        if resource["Type"] in INSIGNIFICANT:
            continue
        rules = resource_rules(resource["Type"])
        properties = resource.get("Properties", {})
        uses = {path: key for path, key in _uses(properties, parameters) if rules.replacing([path])}
        if uses:
            name = properties.get(rules.fixed_name_property or "")
            yield Consequence(
                stack=stack.path,
                effect=Effect.REPLACES,
                type=resource["Type"],
                name=name if isinstance(name, str) else logical_id,
                logical_id=logical_id,
                because=tuple(sorted(uses)),
                is_certain=any(parameters[key] for key in uses.values()),
                policy="ReplaceAndDelete"
                if resource.get("UpdateReplacePolicy", "Delete") == "Delete"
                else "ReplaceAndRetain",
            )


def _uses(value: Any, parameters: Mapping[str, bool], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path of each property that refers to one of the parameters, and the parameter."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            is_function = name in {"Ref", "Condition"} or str(name).startswith("Fn::")
            if name == "Ref" and member in parameters:
                yield path, member
            else:
                yield from _uses(member, parameters, path if is_function else f"{path}/{name}".lstrip("/"))
    elif isinstance(value, list):
        for item in value:
            yield from _uses(item, parameters, path)
    elif isinstance(value, str):
        yield from ((path, key) for key in parameters if f"${{{key}}}" in value)
