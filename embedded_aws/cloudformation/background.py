"""Running a stack's operation in a thread: one at a time for each stack, any number of stacks at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.events import enter
from embedded_aws.cloudformation.lifecycle import reason_of
from embedded_aws.cloudformation.stack import Stack, now


def run(stack: Stack, verb: str, work: Callable[[], None], *, token: str | None = None) -> None:
    """Begin an operation; `stack.idle` is set when it has ended, however it ends.

    Args:
        verb: as in the statuses, such as UPDATE of UPDATE_IN_PROGRESS.
        token: the caller's, shown in the events.

    Raises:
        CloudFormationError: another operation runs on this stack.
    """
    with stack.lock:
        if not stack.idle.is_set():
            raise CloudFormationError(f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")
        stack.idle.clear()
        stack.updated = now() if verb == "UPDATE" else stack.updated
        enter(stack, f"{verb}_IN_PROGRESS", "User Initiated", token=token)

    def guarded() -> None:
        try:
            work()
        except Exception as error:
            enter(stack, f"{verb}_FAILED", reason_of(error), token=token)
        finally:
            stack.idle.set()

    threading.Thread(target=guarded, name=f"cloudformation-{stack.name}", daemon=True).start()
