"""The stacks of one account and region, and the operations on them."""

from __future__ import annotations

import logging
import re
import threading
import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any

from embedded_aws.cloudformation.background import run
from embedded_aws.cloudformation.engine_context import EngineContext
from embedded_aws.cloudformation.errors import AlreadyExistsError, CloudFormationError, StackNotFoundError
from embedded_aws.cloudformation.exports import Exports
from embedded_aws.cloudformation.operation import Operation
from embedded_aws.cloudformation.parameters import GivenParameter
from embedded_aws.cloudformation.plan import ResourceChange
from embedded_aws.cloudformation.planner import is_unchanged, make_plan
from embedded_aws.cloudformation.request import OperationOptions, Request, requested_settings
from embedded_aws.cloudformation.stack import Settings, Stack
from embedded_aws.resource_rules import ResourceRules, resource_rules
from embedded_aws.resources.handler import Handler

LOG = logging.getLogger(__name__)

# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
STACK_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
UPDATABLE = frozenset(
    {
        "CREATE_COMPLETE",
        "CREATE_FAILED",
        "UPDATE_COMPLETE",
        "UPDATE_FAILED",
        "UPDATE_ROLLBACK_COMPLETE",
    }
)
NO_UPDATES = "No updates are to be performed."


class Engine:
    """CloudFormation in one account and region.

    Args:
        client: gives a boto3 client for a service, such as `client("s3")`.
        handlers: by resource type.
        account: twelve digits.
        region: such as `eu-west-1`.
        rules: what AWS does with a type's properties.
        client_as: gives clients with the permissions of a role, which CloudFormation assumes unless another service is
            named; None where permissions are not evaluated.
    """

    def __init__(
        self,
        *,
        client: Callable[[str], Any],
        handlers: Mapping[str, Handler],
        account: str,
        region: str,
        rules: Callable[[str], ResourceRules] = resource_rules,
        client_as: Callable[..., Callable[[str], Any]] | None = None,
    ) -> None:
        self.stacks: dict[str, Stack] = {}
        self.exports = Exports(self.stacks)
        self.lock = threading.RLock()
        self.context = EngineContext(
            client=client,
            handlers=handlers,
            account=account,
            region=region,
            import_value=self.exports.value,
            check_exports=self.exports.check,
            rules=rules,
            client_as=client_as,
        )

    def create(
        self,
        stack_name: str,
        template: str | Mapping[str, Any],
        parameters: Mapping[str, str] | None = None,
        *,
        tags: Mapping[str, str] | None = None,
    ) -> Stack:
        """Create a stack and wait for the end; look at its status.

        Raises:
            CloudFormationError: the request is refused, nothing was created.
        """
        stack = self.start_create(stack_name, _request(template, parameters, tags))
        stack.idle.wait()
        return stack

    def update(
        self,
        stack_name: str,
        template: str | Mapping[str, Any] | None,
        parameters: Mapping[str, str] | None = None,
        *,
        tags: Mapping[str, str] | None = None,
    ) -> Stack:
        """Update a stack and wait for the end; look at its status.

        Raises:
            CloudFormationError: the request is refused, nothing was changed; `No updates are to be performed.` too.
        """
        stack = self.start_update(stack_name, _request(template, parameters, tags))
        stack.idle.wait()
        return stack

    def delete(self, stack_name: str, *, retained: Collection[str] = ()) -> Stack | None:
        """Delete a stack and wait for the end; None if there was none."""
        stack = self.start_delete(stack_name, retained=retained)
        if stack is not None:
            stack.idle.wait()
        return stack

    def find(self, name: str) -> Stack | None:
        """The stack of this name, or of this id (a deleted one too)."""
        with self.lock:
            if name in self.stacks:
                return self.stacks[name]
            return next((s for s in self.stacks.values() if s.name == name and s.deleted is None), None)

    def get(self, name: str) -> Stack:
        """The stack of this name or id.

        Raises:
            StackNotFoundError: there is none.
        """
        stack = self.find(name)
        if stack is None:
            raise StackNotFoundError(name)
        return stack

    def new_stack(self, name: str) -> Stack:
        """A stack that is not kept yet."""
        if not STACK_NAME.fullmatch(name):
            raise CloudFormationError(
                f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: Member "
                "must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]* and have at most 128 characters"
            )
        stack = Stack(stack_id=self.arn(f"stack/{name}"), name=name, status="REVIEW_IN_PROGRESS")
        stack.idle.set()
        return stack

    def arn(self, resource: str) -> str:
        """A new ARN, such as of `stack/name`."""
        context = self.context
        return f"arn:{context.partition}:cloudformation:{context.region}:{context.account}:{resource}/{uuid.uuid4()}"

    def plan(self, stack: Stack, settings: Settings) -> tuple[ResourceChange, ...]:
        """What bringing a stack to these settings would do.

        Raises:
            CloudFormationError: the template cannot work.
        """
        return make_plan(self.context, stack, settings)

    def start_create(
        self, name: str, request: Request, options: OperationOptions | None = None, *, protected: bool = False
    ) -> Stack:
        """Begin to create a stack.

        Raises:
            CloudFormationError: the request is refused, nothing was created.
        """
        with self.lock:
            existing = self.find(name)
            if existing is not None and existing.status != "REVIEW_IN_PROGRESS":
                raise AlreadyExistsError(f"Stack [{name}] already exists")
            stack = existing or self.new_stack(name)
            settings = requested_settings(self.context, stack, request)
            self.plan(stack, settings)
            stack.protected = protected
            self.stacks[stack.stack_id] = stack
            self.start_apply(stack, settings, options)
        return stack

    def start_update(self, name: str, request: Request, options: OperationOptions | None = None) -> Stack:
        """Begin to update a stack.

        Raises:
            CloudFormationError: the request is refused, nothing was changed.
        """
        stack = self.get(name)
        self.check_updatable(stack)
        settings = requested_settings(self.context, stack, request)
        changes = self.plan(stack, settings)
        if is_unchanged(self.context, stack, settings, changes):
            raise CloudFormationError(NO_UPDATES)
        self.start_apply(stack, settings, options)
        return stack

    def start_apply(self, stack: Stack, settings: Settings, options: OperationOptions | None = None) -> None:
        """Begin to bring a stack to settings that were checked."""
        included = options or OperationOptions()
        verb = "CREATE" if stack.status == "REVIEW_IN_PROGRESS" else "UPDATE"
        stack.disable_rollback = included.on_failure == "DO_NOTHING"

        def work() -> None:
            operation = Operation(self.context, stack, token=included.token)
            operation.apply(
                settings,
                verb=verb,
                disable_rollback=stack.disable_rollback,
                retain_except_on_create=included.retain_except_on_create,
            )
            if included.on_failure == "DELETE" and stack.status == "ROLLBACK_COMPLETE":
                operation.delete()
            if included.on_complete:
                included.on_complete(stack)

        run(stack, verb, work, token=included.token)

    def start_delete(self, name: str, *, retained: Collection[str] = (), token: str | None = None) -> Stack | None:
        """Begin to delete a stack; None if there is none, as AWS deletes it successfully then.

        Raises:
            CloudFormationError: the stack is protected, busy, or its exports are in use.
        """
        stack = self.find(name)
        if stack is None or stack.deleted is not None:
            return None
        if stack.protected:
            raise CloudFormationError(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
        if retained and stack.status != "DELETE_FAILED":
            raise CloudFormationError(
                f"Invalid operation on stack [{stack.stack_id}]. Specify which resources to retain only when the "
                "stack is in the DELETE_FAILED state."
            )
        self.exports.check(stack, ())
        run(stack, "DELETE", lambda: Operation(self.context, stack, token=token).delete(retained=retained))
        return stack

    def start_rollback(self, name: str, *, skipped: Collection[str] = (), token: str | None = None) -> Stack:
        """Begin to roll back what a failed operation has left (RollbackStack, ContinueUpdateRollback).

        Raises:
            CloudFormationError: the stack is in no state that can be rolled back.
        """
        stack = self.get(name)
        if stack.status not in {"CREATE_FAILED", "UPDATE_FAILED", "UPDATE_ROLLBACK_FAILED"}:
            raise CloudFormationError(f"Stack:{stack.stack_id} is in {stack.status} state and can not be rolled back.")
        verb = "ROLLBACK" if stack.status == "CREATE_FAILED" else "UPDATE_ROLLBACK"
        run(stack, verb, lambda: Operation(self.context, stack, token=token).roll_back(skipped=skipped))
        return stack

    def check_updatable(self, stack: Stack) -> None:
        """Refuse a stack that is busy or broken.

        Raises:
            CloudFormationError: in AWS's words.
        """
        if stack.status not in UPDATABLE or not stack.idle.is_set():
            raise CloudFormationError(f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")


def _request(
    template: str | Mapping[str, Any] | None, parameters: Mapping[str, str] | None, tags: Mapping[str, str] | None
) -> Request:
    given = {name: GivenParameter(value=value) for name, value in (parameters or {}).items()}
    return Request(template=template, parameters=given, tags=tags)
