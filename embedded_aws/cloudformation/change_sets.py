"""Change sets: what an update would do, kept under the stack that it would change."""

from __future__ import annotations

from dataclasses import replace

from embedded_aws.cloudformation.engine import Engine
from embedded_aws.cloudformation.errors import (
    AlreadyExistsError,
    ChangeSetNotFoundError,
    CloudFormationError,
)
from embedded_aws.cloudformation.events import record
from embedded_aws.cloudformation.plan import ResourceChange
from embedded_aws.cloudformation.planner import is_unchanged
from embedded_aws.cloudformation.request import OperationOptions, Request, requested_settings
from embedded_aws.cloudformation.stack import ChangeSet, Settings, Stack

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."


def create_change_set(
    engine: Engine,
    stack_name: str,
    name: str,
    request: Request,
    *,
    kind: str = "UPDATE",
    description: str | None = None,
    on_failure: str = "ROLLBACK",
) -> tuple[Stack, ChangeSet]:
    """Work out what a request would do; a new stack is kept in REVIEW_IN_PROGRESS.

    Args:
        kind: CREATE or UPDATE.
        on_failure: ROLLBACK, DO_NOTHING or DELETE.

    Raises:
        CloudFormationError: the request itself is refused, nothing is kept. A template that cannot work makes a change
            set that has failed.
    """
    with engine.lock:
        stack = _stack_for(engine, stack_name, name, kind)
        old = stack.change_sets.get(name)
        if old is not None and old.execution_status not in {"EXECUTE_COMPLETE", "EXECUTE_FAILED"}:
            raise AlreadyExistsError(f"ChangeSet {name} cannot be created since a change set of that name exists")
        settings = requested_settings(engine.context, stack, request)
        changes, reason = _planned(engine, stack, settings)
        if reason is None and kind != "CREATE" and is_unchanged(engine.context, stack, settings, changes):
            reason = NO_CHANGES
        change_set = ChangeSet(
            change_set_id=engine.arn(f"changeSet/{name}"),
            name=name,
            kind=kind,
            description=description,
            settings=settings,
            changes=changes,
            status="FAILED" if reason else "CREATE_COMPLETE",
            execution_status="UNAVAILABLE" if reason else "AVAILABLE",
            reason=reason,
            on_failure=on_failure,
        )
        stack.change_sets[name] = change_set
        if stack.stack_id not in engine.stacks:
            stack.settings = replace(stack.settings, tags=settings.tags)
            engine.stacks[stack.stack_id] = stack
            record(stack)
    return stack, change_set


def _planned(engine: Engine, stack: Stack, settings: Settings) -> tuple[tuple[ResourceChange, ...], str | None]:
    """What a request would do; or nothing, and why it cannot be done.

    A change set that fails shows its reason. The CDK CLI prints it in `cdk diff` too, but not the error of a change
    set that is not created: then it falls back to comparing templates, and the change looks as if it could be deployed.
    """
    try:
        return engine.plan(stack, settings), None
    except CloudFormationError as error:
        return (), error.message


def _stack_for(engine: Engine, stack_name: str, name: str, kind: str) -> Stack:
    stack = engine.find(stack_name)
    if kind == "CREATE":
        if stack is None or stack.deleted is not None:
            return engine.new_stack(stack_name)
        if stack.status == "REVIEW_IN_PROGRESS":
            return stack
        raise CloudFormationError(
            f"Stack [{stack.name}] already exists and cannot be created again with the changeSet [{name}]."
        )
    if stack is None:
        raise CloudFormationError(f"Stack [{stack_name}] does not exist")
    engine.check_updatable(stack)
    return stack


def find_change_set(engine: Engine, name: str, stack_name: str | None) -> tuple[Stack, ChangeSet]:
    """The change set of this id, or of this name among those of its stack.

    Raises:
        ChangeSetNotFoundError: there is none.
        CloudFormationError: a name without a stack, or a stack that does not exist.
    """
    if name.startswith("arn:"):
        for stack in list(engine.stacks.values()):
            for change_set in list(stack.change_sets.values()):
                if change_set.change_set_id == name:
                    return stack, change_set
        raise ChangeSetNotFoundError(name)
    if stack_name is None:
        raise CloudFormationError("StackName must be specified if ChangeSetName is not specified as an ARN.")
    found = engine.find(stack_name)
    if found is None:
        raise CloudFormationError(f"Stack [{stack_name}] does not exist")
    if name not in found.change_sets:
        raise ChangeSetNotFoundError(name)
    return found, found.change_sets[name]


def delete_change_set(engine: Engine, name: str, stack_name: str | None) -> None:
    """Forget a change set; one that is gone already is no error."""
    try:
        stack, change_set = find_change_set(engine, name, stack_name)
    except ChangeSetNotFoundError:
        return
    with engine.lock:
        stack.change_sets.pop(change_set.name, None)


def execute_change_set(
    engine: Engine,
    name: str,
    stack_name: str | None,
    *,
    disable_rollback: bool = False,
    retain_except_on_create: bool = False,
    token: str | None = None,
) -> Stack:
    """Begin to do what a change set says; the stack's other change sets are forgotten, as on AWS.

    Raises:
        CloudFormationError: it cannot be executed now.
    """
    stack, change_set = find_change_set(engine, name, stack_name)
    with engine.lock:
        if change_set.execution_status != "AVAILABLE":
            raise CloudFormationError(
                f"ChangeSet [{change_set.change_set_id}] cannot be executed in its current status of "
                f"[{change_set.status}] and execution status of [{change_set.execution_status}]",
                code="InvalidChangeSetStatus",
            )
        if stack.status != "REVIEW_IN_PROGRESS":
            engine.check_updatable(stack)

        def on_complete(ended: Stack) -> None:
            done = ended.status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
            change_set.execution_status = "EXECUTE_COMPLETE" if done else "EXECUTE_FAILED"

        change_set.execution_status = "EXECUTE_IN_PROGRESS"
        stack.change_sets = {change_set.name: change_set}
        stack.change_set_id = change_set.change_set_id
        on_failure = "DO_NOTHING" if disable_rollback else change_set.on_failure
        engine.start_apply(
            stack,
            change_set.settings,
            OperationOptions(
                on_failure=on_failure,
                token=token,
                on_complete=on_complete,
                retain_except_on_create=retain_except_on_create,
            ),
        )
    return stack
