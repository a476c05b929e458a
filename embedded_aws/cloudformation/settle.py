"""Bringing a stack's resources to what its template says: make, change, replace; then delete what is left over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from embedded_aws.cloudformation.checks import check_properties
from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.events import enter
from embedded_aws.cloudformation.graph import creation_order
from embedded_aws.cloudformation.lifecycle import Lifecycle, ResourceFailedError
from embedded_aws.cloudformation.plan import Action, action_of, fixed_name, property_changes
from embedded_aws.cloudformation.planner import (
    changed_attributes,
    outputs_of,
    resolved_properties,
    wanted_resources,
)
from embedded_aws.cloudformation.rollback import Rollback
from embedded_aws.cloudformation.stack import Changed, Made, Needs, Resource, Settings, Stack
from embedded_aws.cloudformation.template import ResourceDefinition
from embedded_aws.cloudformation.world import World
from embedded_aws.resources.handler import Properties


class Settler:
    """One stack's way to its settings; each step is noted in the stack before the next begins."""

    def __init__(self, world: World, stack: Stack, lifecycle: Lifecycle) -> None:
        self._imports: set[str] = set()
        self._world = replace(world, import_value=self._noting(world))
        self._stack = stack
        self._lifecycle = lifecycle

    def settle(self, settings: Settings) -> None:
        """Make and change resources, each after those that it needs, then evaluate the outputs.

        Raises:
            ResourceFailedError: a resource failed.
            CloudFormationError: an output cannot be evaluated.
        """
        stack = self._stack
        self._imports.clear()
        wanted = wanted_resources(settings.template, self._world.scope(stack, settings, {}))
        chosen = frozenset(definition.logical_id for definition in wanted.definitions)
        for definition in wanted.definitions:
            self._settle_one(definition, settings, wanted.needs[definition.logical_id], chosen)
        outputs = outputs_of(settings.template, self._world.scope(stack, settings, self._live(chosen)))
        self._world.check_exports(stack, outputs)
        with stack.lock:
            stack.outputs, stack.imports = outputs, frozenset(self._imports)

    def clean_up(self, verb: str, *, token: str | None) -> bool:
        """Delete what was replaced or is no longer wanted; whether something could not be deleted.

        A failure here fails no update, as on AWS: the event tells of it and the stack forgets the resource.
        """
        stack = self._stack
        wanted = wanted_resources(stack.settings.template, self._world.scope(stack, stack.settings, {}))
        chosen = {definition.logical_id for definition in wanted.definitions}
        removed = [resource for resource in stack.resources.values() if resource.logical_id not in chosen]
        replaced = [step.replaced for step in stack.undo if isinstance(step, Made) and step.replaced]
        if not removed and not replaced:
            return False
        enter(stack, f"{verb}_COMPLETE_CLEANUP_IN_PROGRESS", token=token)
        left = False
        for resource in deletion_order([*removed, *replaced]):
            gone = resource.logical_id not in chosen
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

    def _live(self, chosen: Collection[str]) -> dict[str, Resource]:
        """The resources that the template's expressions may name."""
        return {name: resource for name, resource in self._stack.resources.items() if name in chosen}

    def _settle_one(
        self, definition: ResourceDefinition, settings: Settings, needed: frozenset[str], chosen: frozenset[str]
    ) -> None:
        rules = self._world.rules(definition.type_name)
        self._undo_half_made(definition.logical_id)
        current = self._stack.resources.get(definition.logical_id)
        needs = frozenset(self._stack.resources[name].as_need for name in needed)
        try:
            scope = self._world.scope(self._stack, settings, self._live(chosen))
            properties = resolved_properties(definition, scope, self._world, settings.tags)
            check_properties(definition, properties, rules, self._world)
        except CloudFormationError as error:
            raise self._lifecycle.refuse(definition, current, error.message) from error
        if current is None:
            self._make(definition, properties, needs, replaced=None)
            return
        changes = property_changes(rules, current.properties, properties)
        action = action_of(changes, changed_attributes(definition, current))
        if action is not Action.REPLACE:
            wanted = _wanted(current, definition, properties, needs, settings)
            self._change(current, wanted, called=bool(changes) or current.status.endswith("_FAILED"))
            return
        name = fixed_name(rules, current.properties, properties)
        if name is not None:
            raise self._lifecycle.refuse(
                definition,
                current,
                "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                f"Rename {name} and update the stack again.",
            )
        self._make(definition, properties, needs, replaced=current)

    def _undo_half_made(self, logical_id: str) -> None:
        """What an earlier operation without rollback left half-made goes before it is made anew."""
        current = self._stack.resources.get(logical_id)
        if current is None or not current.half_made:
            return
        steps = self._stack.undo
        step = next(step for step in reversed(steps) if isinstance(step, Made) and step.resource is current)
        Rollback(self._world, self._stack, self._lifecycle).undo_step(step, everything=True)
        steps.remove(step)

    def _make(
        self,
        definition: ResourceDefinition,
        properties: Properties,
        needs: Needs,
        *,
        replaced: Resource | None,
    ) -> None:
        try:
            made = self._lifecycle.create(definition, properties, needs, replacing=replaced is not None)
        except ResourceFailedError as error:
            if error.half_made:
                self._note_made(error.half_made, replaced)
            raise
        self._note_made(made, replaced)

    def _note_made(self, made: Resource, replaced: Resource | None) -> None:
        self._stack.undo.append(Made(resource=made, replaced=replaced))
        self._stack.put(made)

    def _change(self, current: Resource, wanted: Resource, *, called: bool) -> None:
        """Change in place; without a call where only what CloudFormation itself keeps differs."""
        if not called and wanted == current:
            return
        self._stack.undo.append(Changed(before=current, called=called))
        if not called:
            self._stack.put(wanted)
            return
        try:
            self._stack.put(self._lifecycle.update(current, wanted))
        except ResourceFailedError as error:
            if error.half_made:
                self._stack.put(error.half_made)
            raise

    def _noting(self, world: World) -> Callable[[str], str]:
        def import_value(name: str) -> str:
            value = world.import_value(name)
            self._imports.add(name)
            return value

        return import_value


def _wanted(
    current: Resource, definition: ResourceDefinition, properties: Properties, needs: Needs, settings: Settings
) -> Resource:
    return replace(
        current,
        properties=properties,
        needs=needs,
        settings=settings,
        deletion_policy=definition.deletion_policy,
        update_replace_policy=definition.update_replace_policy,
        metadata=definition.metadata,
    )


def deletion_order(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """Each before those that it needs; a replaced resource needs others than the one that took its place."""
    things = {resource.suffix: resource for resource in resources}
    needs = {
        suffix: {need.suffix for need in resource.needs if need.suffix in things} for suffix, resource in things.items()
    }
    try:
        order = creation_order(needs)
    except CloudFormationError:
        # A half-done update may need both what it needed before and what needs it now: the newest goes first then.
        order = tuple(things)
    return tuple(things[suffix] for suffix in reversed(order))
