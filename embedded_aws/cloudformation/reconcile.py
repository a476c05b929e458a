"""Reconcile a stack's resources with its template: create, update, replace; then delete what is left over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from embedded_aws.cloudformation.checks import check_properties
from embedded_aws.cloudformation.engine_context import EngineContext
from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.events import enter
from embedded_aws.cloudformation.graph import creation_order
from embedded_aws.cloudformation.lifecycle import Lifecycle, ResourceFailedError
from embedded_aws.cloudformation.plan import Action, action_of, fixed_name, property_changes
from embedded_aws.cloudformation.planner import (
    changed_attributes,
    desired_resources,
    evaluate_outputs,
    resolve_properties,
)
from embedded_aws.cloudformation.rollback import Rollback
from embedded_aws.cloudformation.stack import CreatedStep, Dependencies, Resource, Settings, Stack, UpdatedStep
from embedded_aws.cloudformation.template import ResourceDefinition
from embedded_aws.resources.handler import Properties


class Reconciler:
    """Brings one stack to its desired settings and records each step in the stack before the next begins."""

    def __init__(self, context: EngineContext, stack: Stack, lifecycle: Lifecycle) -> None:
        self._imports: set[str] = set()
        self._context = replace(context, import_value=self._noting(context))
        self._stack = stack
        self._lifecycle = lifecycle

    def reconcile(self, settings: Settings) -> None:
        """Make and change resources, each after its dependencies, then evaluate the outputs.

        Raises:
            ResourceFailedError: a resource failed.
            CloudFormationError: an output cannot be evaluated.
        """
        stack = self._stack
        self._imports.clear()
        desired = desired_resources(settings.template, self._context.scope(stack, settings, {}))
        included = frozenset(definition.logical_id for definition in desired.definitions)
        for definition in desired.definitions:
            self._reconcile_resource(definition, settings, desired.dependencies[definition.logical_id], included)
        outputs = evaluate_outputs(settings.template, self._context.scope(stack, settings, self._live(included)))
        self._context.check_exports(stack, outputs)
        with stack.lock:
            stack.outputs, stack.imports = outputs, frozenset(self._imports)

    def clean_up(self, verb: str, *, token: str | None) -> bool:
        """Delete what was replaced or is no longer desired; whether something could not be deleted.

        A failure here fails no update, as on AWS: the event tells of it and the stack forgets the resource.
        """
        stack = self._stack
        desired = desired_resources(stack.settings.template, self._context.scope(stack, stack.settings, {}))
        included = {definition.logical_id for definition in desired.definitions}
        removed = [resource for resource in stack.resources.values() if resource.logical_id not in included]
        replaced = [step.replaced for step in stack.undo if isinstance(step, CreatedStep) and step.replaced]
        if not removed and not replaced:
            return False
        enter(stack, f"{verb}_COMPLETE_CLEANUP_IN_PROGRESS", token=token)
        left = False
        for resource in deletion_order([*removed, *replaced]):
            gone = resource.logical_id not in included
            policy = resource.deletion_policy if gone else resource.update_replace_policy
            if policy != "Delete":
                self._lifecycle.skip(resource)
            else:
                try:
                    self._lifecycle.delete(resource)
                except ResourceFailedError:
                    left = True
            if gone:
                stack.forget(resource.logical_id)
        return left

    def _live(self, included: Collection[str]) -> dict[str, Resource]:
        """The resources that the template's expressions may name."""
        return {name: resource for name, resource in self._stack.resources.items() if name in included}

    def _reconcile_resource(
        self, definition: ResourceDefinition, settings: Settings, needed: frozenset[str], included: frozenset[str]
    ) -> None:
        rules = self._context.rules(definition.type_name)
        self._undo_partial_create(definition.logical_id)
        current = self._stack.resources.get(definition.logical_id)
        dependencies = frozenset(self._stack.resources[name].as_dependency for name in needed)
        try:
            scope = self._context.scope(self._stack, settings, self._live(included))
            properties = resolve_properties(definition, scope, self._context, settings.tags)
            check_properties(definition, properties, rules, self._context)
        except CloudFormationError as error:
            raise self._lifecycle.refuse(definition, current, error.message) from error
        if current is None:
            self._make(definition, properties, dependencies, replaced=None)
            return
        changes = property_changes(rules, current.properties, properties)
        action = action_of(changes, changed_attributes(definition, current))
        if action is not Action.REPLACE:
            desired = _desired(current, definition, properties, dependencies, settings)
            self._change(current, desired, called=bool(changes) or current.status.endswith("_FAILED"))
            return
        name = fixed_name(rules, current.properties, properties)
        if name is not None:
            raise self._lifecycle.refuse(
                definition,
                current,
                "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                f"Rename {name} and update the stack again.",
            )
        self._make(definition, properties, dependencies, replaced=current)

    def _undo_partial_create(self, logical_id: str) -> None:
        """What an earlier operation without rollback left half-made goes before it is made anew."""
        current = self._stack.resources.get(logical_id)
        if current is None or not current.partially_created:
            return
        steps = self._stack.undo
        step = next(step for step in reversed(steps) if isinstance(step, CreatedStep) and step.resource is current)
        Rollback(self._context, self._stack, self._lifecycle).undo_step(step, everything=True)
        steps.remove(step)

    def _make(
        self,
        definition: ResourceDefinition,
        properties: Properties,
        dependencies: Dependencies,
        *,
        replaced: Resource | None,
    ) -> None:
        try:
            made = self._lifecycle.create(definition, properties, dependencies, replacing=replaced is not None)
        except ResourceFailedError as error:
            if error.partially_created:
                self._record_created(error.partially_created, replaced)
            raise
        self._record_created(made, replaced)

    def _record_created(self, made: Resource, replaced: Resource | None) -> None:
        self._stack.undo.append(CreatedStep(resource=made, replaced=replaced))
        self._stack.put(made)

    def _change(self, current: Resource, desired: Resource, *, called: bool) -> None:
        """Change in place; without a call where only what CloudFormation itself keeps differs."""
        if not called and desired == current:
            return
        self._stack.undo.append(UpdatedStep(before=current, called=called))
        if not called:
            self._stack.put(desired)
            return
        try:
            self._stack.put(self._lifecycle.update(current, desired))
        except ResourceFailedError as error:
            if error.partially_created:
                self._stack.put(error.partially_created)
            raise

    def _noting(self, context: EngineContext) -> Callable[[str], str]:
        def import_value(name: str) -> str:
            value = context.import_value(name)
            self._imports.add(name)
            return value

        return import_value


def _desired(
    current: Resource,
    definition: ResourceDefinition,
    properties: Properties,
    dependencies: Dependencies,
    settings: Settings,
) -> Resource:
    return replace(
        current,
        properties=properties,
        dependencies=dependencies,
        settings=settings,
        deletion_policy=definition.deletion_policy,
        update_replace_policy=definition.update_replace_policy,
        metadata=definition.metadata,
    )


def deletion_order(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """Order resources so that each comes before its dependencies.

    A replaced resource may have other dependencies than its replacement, so resources are told apart by suffix.
    """
    by_suffix = {resource.suffix: resource for resource in resources}
    dependencies = {
        suffix: {need.suffix for need in resource.dependencies if need.suffix in by_suffix}
        for suffix, resource in by_suffix.items()
    }
    try:
        order = creation_order(dependencies)
    except CloudFormationError:
        # A half-done update may form a cycle of old and new dependencies; then the newest resource goes first.
        order = tuple(by_suffix)
    return tuple(by_suffix[suffix] for suffix in reversed(order))
