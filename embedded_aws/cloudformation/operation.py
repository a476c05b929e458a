"""Carrying out an operation on one stack: apply settings, roll back, delete."""

from __future__ import annotations

from collections.abc import Collection

from embedded_aws.cloudformation.engine_context import EngineContext
from embedded_aws.cloudformation.events import enter
from embedded_aws.cloudformation.lifecycle import Lifecycle, ResourceFailedError, reason_of
from embedded_aws.cloudformation.reconcile import Reconciler, deletion_order
from embedded_aws.cloudformation.rollback import Rollback
from embedded_aws.cloudformation.stack import CreatedStep, Resource, Settings, Stable, Stack, now
from embedded_aws.cloudformation.template import EMPTY

LEFT_OVER = "Update successful. One or more resources could not be deleted."


class Operation:
    """One operation on one stack; whoever starts it has made sure that no other runs."""

    def __init__(self, context: EngineContext, stack: Stack, *, token: str | None = None) -> None:
        self._context = context
        self._stack = stack
        self._token = token
        self._lifecycle = Lifecycle(context, stack, token)
        self._reconciler = Reconciler(context, stack, self._lifecycle)

    def apply(
        self,
        settings: Settings,
        *,
        verb: str,
        disable_rollback: bool = False,
        retain_except_on_create: bool = False,
    ) -> None:
        """Bring the stack to new settings, or back to its last good state.

        Args:
            verb: CREATE or UPDATE, as in the statuses.
            disable_rollback: stop at the failure and keep what was done.
            retain_except_on_create: a rollback deletes new resources even if they are to be retained.
        """
        stack = self._stack
        if stack.stable is None:
            stack.stable = Stable(settings=stack.settings, outputs=stack.outputs, imports=stack.imports)
        stack.settings = settings
        try:
            self._reconciler.reconcile(settings)
        except Exception as error:
            reason = _failure(error, verb)
            if disable_rollback:
                self._enter(f"{verb}_FAILED", reason)
            else:
                self.roll_back(reason=reason, everything=retain_except_on_create)
            return
        left = self._reconciler.clean_up(verb, token=self._token)
        self._mark_stable()
        self._enter(f"{verb}_COMPLETE", LEFT_OVER if left else None)

    def roll_back(self, *, reason: str | None = None, everything: bool = False, skipped: Collection[str] = ()) -> None:
        """Undo what was done since the last good state; everything, if the stack never had one.

        AWS ends in UPDATE_ROLLBACK_COMPLETE even when a new resource could not be deleted; here that is a failed
        rollback too, so that UPDATE_ROLLBACK_COMPLETE always means: all is as it was.

        Args:
            everything: delete new resources even if they are to be retained.
            skipped: the logical ids of those that shall be left as they are.
        """
        stack, stable = self._stack, self._stack.stable
        restoring = stable is not None and stable.settings.template is not EMPTY
        verb = "UPDATE_ROLLBACK" if restoring else "ROLLBACK"
        self._enter(f"{verb}_IN_PROGRESS", reason)
        undone = Rollback(self._context, stack, self._lifecycle).undo_all(everything=everything, skipped=skipped)
        if stable is not None and restoring:
            with stack.lock:
                stack.settings, stack.outputs, stack.imports = stable.settings, stable.outputs, stable.imports
        failures = undone.failures or (self._update_dependents(verb) if undone.ids_changed else ())
        if failures:
            names = ", ".join(failures)
            self._enter(f"{verb}_FAILED", f"The following resource(s) failed to roll back: [{names}].")
            return
        self._mark_stable()
        self._enter(f"{verb}_COMPLETE")

    def delete(self, *, retained: Collection[str] = ()) -> None:
        """Delete every resource, those that need others first, and then the stack.

        Args:
            retained: the logical ids of those that shall be left as they are.
        """
        stack = self._stack
        replaced = [step.replaced for step in stack.undo if isinstance(step, CreatedStep) and step.replaced]
        failed: list[Resource] = []
        blocked: list[Resource] = []
        for resource in deletion_order([*stack.resources.values(), *replaced]):
            if any(need.suffix == resource.suffix for other in (*failed, *blocked) for need in other.dependencies):
                blocked.append(resource)
                continue
            try:
                if resource.logical_id in retained or resource.deletion_policy != "Delete":
                    self._lifecycle.skip(resource)
                else:
                    self._lifecycle.delete(resource)
            except ResourceFailedError:
                failed.append(resource)
        with stack.lock:
            stack.undo = []
            stack.resources = {resource.logical_id: resource for resource in (*failed, *blocked)}
        if failed:
            names = ", ".join(resource.logical_id for resource in failed)
            self._enter("DELETE_FAILED", f"The following resource(s) failed to delete: [{names}]. ")
            return
        stack.deleted = now()
        self._enter("DELETE_COMPLETE")

    def _update_dependents(self, verb: str) -> tuple[str, ...]:
        """A resource came back under another id: bring those that name it to the new one."""
        try:
            self._reconciler.reconcile(self._stack.settings)
        except ResourceFailedError as error:
            return (error.logical_id,)
        self._reconciler.clean_up(verb, token=self._token)
        return ()

    def _mark_stable(self) -> None:
        self._stack.undo = []
        self._stack.stable = None

    def _enter(self, status: str, reason: str | None = None) -> None:
        enter(self._stack, status, reason, token=self._token)


def _failure(error: Exception, verb: str) -> str:
    reason = reason_of(error)
    if isinstance(error, ResourceFailedError):
        return f"The following resource(s) failed to {verb.lower()}: [{error.logical_id}]. {reason}"
    return reason
