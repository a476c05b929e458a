"""Undoing what an operation did to a stack's resources, newest step first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from embedded_aws.cloudformation.engine_context import EngineContext
from embedded_aws.cloudformation.lifecycle import Lifecycle, ResourceFailedError
from embedded_aws.cloudformation.planner import resolve_properties
from embedded_aws.cloudformation.stack import CreatedStep, Resource, Stack, UpdatedStep
from embedded_aws.resources.handler import Properties


@dataclass(frozen=True, kw_only=True)
class RollbackResult:
    """What came of it.

    Args:
        failures: the logical ids of the steps that could not be undone; they stay in the stack for another try.
        ids_changed: a resource came back under another id or with other attributes.
    """

    failures: tuple[str, ...]
    ids_changed: bool


class Rollback:
    """One stack's way back; newest first, so that nothing is deleted while something still names it."""

    def __init__(self, context: EngineContext, stack: Stack, lifecycle: Lifecycle) -> None:
        self._context = context
        self._stack = stack
        self._lifecycle = lifecycle

    def undo_all(self, *, everything: bool, skipped: Collection[str]) -> RollbackResult:
        """Undo every step.

        Args:
            everything: delete new resources even if they are to be retained.
            skipped: the logical ids of those that shall be left as they are.
        """
        stack = self._stack
        left: list[CreatedStep | UpdatedStep] = []
        failures: list[str] = []
        ids_changed = False
        while stack.undo:
            step = stack.undo.pop()
            try:
                ids_changed |= self.undo_step(step, everything=everything, skipped=skipped)
            except ResourceFailedError as error:
                left.append(step)
                failures.append(error.logical_id)
        stack.undo = left[::-1]
        return RollbackResult(failures=tuple(failures), ids_changed=ids_changed)

    def undo_step(self, step: CreatedStep | UpdatedStep, *, everything: bool, skipped: Collection[str] = ()) -> bool:
        """Undo one step; whether the resource came back under another id or with other attributes.

        Raises:
            ResourceFailedError: its handler failed.
        """
        if isinstance(step, CreatedStep):
            self._delete_created(step, everything=everything, skipped=skipped)
            return False
        return self._revert_update(step, skipped=skipped)

    def _delete_created(self, step: CreatedStep, *, everything: bool, skipped: Collection[str]) -> None:
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

    def _revert_update(self, step: UpdatedStep, *, skipped: Collection[str]) -> bool:
        before = step.before
        if not step.called or before.logical_id in skipped:
            self._stack.put(self._lifecycle.skip_update(before) if step.called else before)
            return False
        try:
            desired = replace(before, properties=self._previous_properties(before))
            restored = self._lifecycle.update(self._stack.resources[before.logical_id], desired)
        except ResourceFailedError as error:
            if error.partially_created:
                self._stack.put(error.partially_created)
            raise
        self._stack.put(restored)
        return (restored.physical_id, restored.attributes) != (before.physical_id, before.attributes)

    def _previous_properties(self, before: Resource) -> Properties:
        """The properties to return to: those of before, unless they name a resource that has got another id in place.

        That one is named by the id that it has now; if it moves again, those that need it follow at the end.
        """
        replaced = [step.replaced for step in self._stack.undo if isinstance(step, CreatedStep) and step.replaced]
        living = {resource.suffix: resource for resource in (*self._stack.resources.values(), *replaced)}
        named = [living[need.suffix] for need in before.dependencies if need.suffix in living]
        if (
            len(named) < len(before.dependencies)
            or {resource.as_dependency for resource in named} == before.dependencies
        ):
            return before.properties
        settings = before.settings
        scope = self._context.scope(self._stack, settings, {resource.logical_id: resource for resource in named})
        definition = settings.template.resources[before.logical_id]
        return resolve_properties(definition, scope, self._context, settings.tags)
