"""Making the plan of an operation: resolve what can be resolved now, compare it with what exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from embedded_aws.cloudformation.checks import PropertiesError, check_properties, check_rules, check_template
from embedded_aws.cloudformation.engine_context import EngineContext
from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.graph import creation_order, find_dependencies, references
from embedded_aws.cloudformation.intrinsics import Scope
from embedded_aws.cloudformation.plan import (
    Action,
    ResourceChange,
    action_of,
    property_changes,
    with_stack_tags,
)
from embedded_aws.cloudformation.stack import Output, Resource, Settings, Stack
from embedded_aws.cloudformation.template import ResourceDefinition, Template
from embedded_aws.resources.handler import Properties


@dataclass(frozen=True, kw_only=True)
class DesiredResources:
    """The resources that the conditions include, in creation order, and the dependencies of each."""

    definitions: tuple[ResourceDefinition, ...]
    dependencies: Mapping[str, frozenset[str]]


def desired_resources(template: Template, scope: Scope) -> DesiredResources:
    """Which resources of a template shall exist."""
    included = {
        logical_id: definition
        for logical_id, definition in template.resources.items()
        if definition.condition is None or scope.condition(definition.condition)
    }
    dependencies = find_dependencies(included)
    order = creation_order(dependencies)
    return DesiredResources(definitions=tuple(included[logical_id] for logical_id in order), dependencies=dependencies)


def resolve_properties(
    definition: ResourceDefinition, scope: Scope, context: EngineContext, tags: Mapping[str, str]
) -> Properties:
    """A resource's properties with the functions evaluated and the stack's tags added."""
    values = context.with_dynamic_references(scope.value(definition.properties))
    return with_stack_tags(context.rules(definition.type_name), values, tags)


def changed_attributes(definition: ResourceDefinition, resource: Resource) -> tuple[str, ...]:
    """Which attributes beside the properties differ."""
    pairs = {
        "DeletionPolicy": (definition.deletion_policy, resource.deletion_policy),
        "UpdateReplacePolicy": (definition.update_replace_policy, resource.update_replace_policy),
        "Metadata": (definition.metadata, resource.metadata),
    }
    return tuple(name for name, (new, old) in pairs.items() if new != old)


def make_plan(context: EngineContext, stack: Stack, settings: Settings) -> tuple[ResourceChange, ...]:
    """What bringing the stack to these settings would do; nothing is touched.

    Raises:
        CloudFormationError: the template cannot work; of every resource whose properties are refused.
    """
    check_template(settings.template, context)
    conditions = context.scope(stack, settings, {})
    check_rules(settings.template.rules, conditions)
    desired = desired_resources(settings.template, conditions)
    _check_type_changes(desired, stack)
    included = {definition.logical_id for definition in desired.definitions}
    kept = {logical_id: resource for logical_id, resource in stack.resources.items() if logical_id in included}
    pending = included - set(kept)
    changing: set[str] = set()
    scope = context.scope(stack, settings, kept, pending=pending, changing=changing)
    changes = []
    refusals: list[str] = []
    for definition in desired.definitions:
        try:
            change = _change(definition, context, scope, stack.resources.get(definition.logical_id), settings)
        except PropertiesError as error:
            refusals.append(error.message)
            pending.add(definition.logical_id)
            continue
        if change.action in {Action.ADD, Action.REPLACE}:
            pending.add(definition.logical_id)
        if change.properties:
            changing.add(definition.logical_id)
        if change.action is not Action.KEEP:
            changes.append(change)
    if refusals:
        raise CloudFormationError("; ".join(refusals))
    evaluate_outputs(settings.template, scope)
    return (*changes, *_removals(stack, included))


def _check_type_changes(desired: DesiredResources, stack: Stack) -> None:
    changed = [
        definition.logical_id
        for definition in desired.definitions
        if definition.logical_id in stack.resources
        and stack.resources[definition.logical_id].type_name != definition.type_name
    ]
    if changed:
        raise CloudFormationError(
            "Update of resource type is not permitted. The new template modifies resource type of the following "
            f"resources: [{', '.join(changed)}]"
        )


def _change(
    definition: ResourceDefinition,
    context: EngineContext,
    scope: Scope,
    current: Resource | None,
    settings: Settings,
) -> ResourceChange:
    rules = context.rules(definition.type_name)
    properties = resolve_properties(definition, scope, context, settings.tags)
    check_properties(definition, properties, rules, context)
    if current is None:
        return ResourceChange(
            logical_id=definition.logical_id, type_name=definition.type_name, action=Action.ADD, after=properties
        )
    changes = tuple(
        replace(change, cause=_cause(definition, change.name, scope)) if change.pending else change
        for change in property_changes(rules, current.properties, properties)
    )
    attributes = changed_attributes(definition, current)
    action = action_of(changes, attributes)
    return ResourceChange(
        logical_id=definition.logical_id,
        type_name=definition.type_name,
        action=action,
        physical_id=current.physical_id,
        properties=changes,
        attributes=attributes,
        policy=_policy(definition.update_replace_policy) if action is Action.REPLACE else None,
        before=current.properties,
        after=properties,
    )


def _cause(definition: ResourceDefinition, name: str, scope: Scope) -> str | None:
    """The resource, or its attribute, that a property waits for."""
    for reference in references(definition.properties.get(name)):
        if reference.name in scope.pending:
            return f"{reference.name}.{reference.attribute}" if reference.attribute else reference.name
    return None


def _removals(stack: Stack, included: set[str]) -> list[ResourceChange]:
    return [
        ResourceChange(
            logical_id=resource.logical_id,
            type_name=resource.type_name,
            action=Action.REMOVE,
            physical_id=resource.physical_id,
            policy=_policy(resource.deletion_policy),
            before=resource.properties,
        )
        for resource in stack.resources.values()
        if resource.logical_id not in included
    ]


def _policy(policy: str) -> str:
    return "Delete" if policy == "Delete" else "Retain"


def evaluate_outputs(template: Template, scope: Scope) -> tuple[Output, ...]:
    """The values of the outputs that the conditions let in."""
    outputs = []
    for key, body in template.outputs.items():
        condition = body.get("Condition")
        if condition is not None and not scope.condition(condition):
            continue
        value = scope.value(body["Value"])
        export = scope.value(body["Export"]["Name"]) if "Export" in body else None
        outputs.append(Output(key=key, value=_output_text(value), description=body.get("Description"), export=export))
    return tuple(outputs)


def _output_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value)


def is_unchanged(context: EngineContext, stack: Stack, settings: Settings, changes: tuple[ResourceChange, ...]) -> bool:
    """Whether there is nothing to do: no change of a resource, an output or the stack's tags.

    A stack that a failed operation has left without a rollback always has something to do: to become good again.
    """
    if changes or settings.tags != stack.settings.tags or stack.stable is not None:
        return False
    return evaluate_outputs(settings.template, context.scope(stack, settings, stack.resources)) == stack.outputs
