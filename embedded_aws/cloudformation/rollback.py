"""Undoing what an operation did to a stack's resources, newest step first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from embedded_aws.cloudformation.lifecycle import Lifecycle, ResourceFailedError
from embedded_aws.cloudformation.planner import resolved_properties
from embedded_aws.cloudformation.stack import Changed, Made, Resource, Stack
from embedded_aws.cloudformation.world import World
from embedded_aws.resources.handler import Properties


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What came of it.

    Args:
        failures: the logical ids of the steps that could not be undone; they stay in the stack for another try.
        moved: a resource came back under another id or with other attributes.
    """

    failures: tuple[str, ...]
    moved: bool


class Rollback:
    """One stack's way back; newest first, so that nothing is deleted while something still names it."""

    def __init__(self, world: World, stack: Stack, lifecycle: Lifecycle) -> None:
        self._world = world
        self._stack = stack
        self._lifecycle = lifecycle

    def undo_all(self, *, everything: bool, skipped: Collection[str]) -> Undone:
        """Undo every step.

        Args:
            everything: delete new resources even if they are to be retained.
            skipped: the logical ids of those that shall be left as they are.
        """
        stack = self._stack
        left: list[Made | Changed] = []
        failures: list[str] = []
        moved = False
        while stack.undo:
            step = stack.undo.pop()
            try:
                moved |= self.undo_step(step, everything=everything, skipped=skipped)
            except ResourceFailedError as error:
                left.append(step)
                failures.append(error.logical_id)
        stack.undo = left[::-1]
        return Undone(failures=tuple(failures), moved=moved)

    def undo_step(self, step: Made | Changed, *, everything: bool, skipped: Collection[str] = ()) -> bool:
        """Undo one step; whether the resource came back under another id or with other attributes.

        Raises:
            ResourceFailedError: its handler failed.
        """
        if isinstance(step, Made):
            self._unmake(step, everything=everything, skipped=skipped)
            return False
        return self._change_back(step, skipped=skipped)

    def _unmake(self, step: Made, *, everything: bool, skipped: Collection[str]) -> None:
        """RetainExceptOnCreate retains nothing that the undone operation itself has made; Retain does, as on AWS."""
        resource = self._stack.resources.get(step.resource.logical_id, step.resource)
        kept = resource.deletion_policy == "Retain" and not everything
        if kept or resource.logical_id in skipped:
            self._lifecycle.skip(resource)
        else:
            self._lifecycle.delete(resource)
        if step.replaced is None:
            self._stack.forget(resource.logical_id)
        else:
            self._stack.put(step.replaced)

    def _change_back(self, step: Changed, *, skipped: Collection[str]) -> bool:
        before = step.before
        if not step.called or before.logical_id in skipped:
            self._stack.put(self._lifecycle.skip_update(before) if step.called else before)
            return False
        try:
            wanted = replace(before, properties=self._properties_back(before))
            restored = self._lifecycle.update(self._stack.resources[before.logical_id], wanted)
        except ResourceFailedError as error:
            if error.half_made:
                self._stack.put(error.half_made)
            raise
        self._stack.put(restored)
        return (restored.physical_id, restored.attributes) != (before.physical_id, before.attributes)

    def _properties_back(self, before: Resource) -> Properties:
        """The properties to return to: those of before, unless they name a resource that has got another id in place.

        That one is named by the id that it has now; if it moves again, those that need it follow at the end.
        """
        replaced = [step.replaced for step in self._stack.undo if isinstance(step, Made) and step.replaced]
        living = {resource.suffix: resource for resource in (*self._stack.resources.values(), *replaced)}
        named = [living[need.suffix] for need in before.needs if need.suffix in living]
        if len(named) < len(before.needs) or {resource.as_need for resource in named} == before.needs:
            return before.properties
        settings = before.settings
        scope = self._world.scope(self._stack, settings, {resource.logical_id: resource for resource in named})
        definition = settings.template.resources[before.logical_id]
        return resolved_properties(definition, scope, self._world, settings.tags)
