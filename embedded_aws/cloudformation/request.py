"""What a caller asks of a stack, and the settings that it makes on top of the stack's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from embedded_aws.cloudformation.engine_context import EngineContext
from embedded_aws.cloudformation.parameters import GivenParameter, resolve_parameters
from embedded_aws.cloudformation.stack import Settings, Stack
from embedded_aws.cloudformation.template import parse


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a caller asks a stack to become.

    Args:
        template: None keeps the stack's own.
        tags: None keeps the stack's own.
    """

    template: str | Mapping[str, Any] | None
    parameters: Mapping[str, GivenParameter] = field(default_factory=dict)
    tags: Mapping[str, str] | None = None
    capabilities: tuple[str, ...] = ()
    role_arn: str | None = None
    notification_arns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OperationOptions:
    """Options of a stack operation.

    Args:
        on_failure: ROLLBACK, DO_NOTHING (keep what was done), or DELETE (a new stack goes too).
        retain_except_on_create: a rollback deletes new resources even if they are to be retained.
        token: the caller's, shown in the events.
        on_complete: called when it has ended, before the stack is free for the next operation.
    """

    on_failure: str = "ROLLBACK"
    retain_except_on_create: bool = False
    token: str | None = None
    on_complete: Callable[[Stack], None] | None = None


def requested_settings(context: EngineContext, stack: Stack, request: Request) -> Settings:
    """The settings that a request asks for, on top of the stack's own.

    Raises:
        CloudFormationError: the template is malformed or a parameter has no value.
    """
    old = stack.settings
    template = old.template if request.template is None else parse(request.template)
    return Settings(
        template=template,
        parameters=resolve_parameters(
            template.parameters,
            given=request.parameters,
            previous=old.parameters,
            fetch=context.fetch_parameter,
        ),
        tags=old.tags if request.tags is None else dict(request.tags),
        capabilities=request.capabilities,
        role_arn=request.role_arn or old.role_arn,
        notification_arns=request.notification_arns or old.notification_arns,
    )
