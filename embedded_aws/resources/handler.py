"""What the CloudFormation engine asks of a resource type: create, update in place, delete, by the service's API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

Properties = Mapping[str, Any]


class HandlerError(Exception):
    """A resource could not be created, updated or deleted; the message says why, as the event reports it."""


@dataclass(kw_only=True)
class Context:
    """Where a handler works, and what it has made so far.

    Args:
        client: gives a boto3 client for a service of the same embedded AWS, such as `client("s3")`.
        account: twelve digits.
        region: such as `eu-west-1`.
        stack_name: the stack that the resource belongs to.
        stack_id: the stack's ARN.
        logical_id: the resource's name in the template.
        unique_suffix: what CloudFormation appends to the names that it makes up.
        client_as: gives clients with the permissions of a role that a service assumes, such as
            `client_as(role_arn, service="lambda.amazonaws.com")`; None where permissions are not evaluated.
        unrestricted_client: like `client`, but with all permissions; `client` itself if None.
    """

    client: Callable[[str], Any]
    account: str
    region: str
    stack_name: str
    stack_id: str
    logical_id: str
    unique_suffix: str
    client_as: Callable[..., Callable[[str], Any]] | None = None
    unrestricted_client: Callable[[str], Any] | None = None
    physical_id: str | None = field(default=None)

    def unrestricted(self) -> Context:
        """The same place with all permissions, for questions that AWS does not ask in the name of the stack's role."""
        return replace(self, client=self.unrestricted_client or self.client)

    def report_id(self, physical_id: str) -> str:
        """Report the id as soon as the thing exists, so that the engine can undo a create that fails half-way."""
        self.physical_id = physical_id
        return physical_id

    @contextmanager
    def creating(self, physical_id: str, *, exists: bool = False) -> Iterator[None]:
        """Report the id of what the one call in this block creates, unless the service refuses to create it.

        So the engine can undo a create whose response was lost.

        Args:
            physical_id: of the resource.
            exists: a resource of this id exists before. The service will refuse, and the refusal may be lost, too.
        """
        self.physical_id = None if exists else physical_id
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            if not outcome_is_unknown(error):
                self.physical_id = None
            raise
        self.report_id(physical_id)

    def generated_name(self, *, limit: int = 63, lower: bool = False) -> str:
        """A name as CloudFormation makes it for a resource without one: stack, logical id, suffix.

        Args:
            limit: characters at most; the front is cut.
            lower: for names that allow no capitals (buckets, repositories).
        """
        front = f"{self.stack_name}-{self.logical_id}"[: limit - len(self.unique_suffix) - 1]
        name = f"{front}-{self.unique_suffix}"
        return name.lower() if lower else name

    def report_generated_name(self, *, limit: int = 63, lower: bool = False) -> str:
        """Report a generated name that is the id, before the call that creates the resource.

        Nobody else has a resource of this name, so the engine can undo a create whose answer was lost.

        Args:
            limit: characters at most; the front is cut.
            lower: for names that allow no capitals.
        """
        return self.report_id(self.generated_name(limit=limit, lower=lower))


def outcome_is_unknown(error: Exception) -> bool:
    """Whether a service may have done what a failed call asked for: no response came, or an error of the server."""
    if isinstance(error, ClientError):
        return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)) >= 500
    return isinstance(error, BotoCoreError) and not isinstance(error, ParamValidationError)


def is_intrinsic(value: Any) -> bool:
    """Whether this is a function call of the template, such as `{"Ref": "Bucket"}`, whose value is not known yet."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    name = next(iter(value))
    return isinstance(name, str) and (name == "Ref" or name.startswith("Fn::"))


class Handler:
    """One resource type. Subclasses name the type and call the service; none keeps state.

    `supported` names every property that the handler applies, so that nothing in a template is silently dropped.
    A bare name takes the property whole; a path such as `LifecycleConfiguration.Rules.Id` takes that member only
    (lists are looked into), and its siblings are refused by name.

    `create` returns the attributes for Fn::GetAtt and must call `context.report_id(id)` right after the first call
    that makes something. A generated name that is the id is reported before it (`context.report_generated_name`), as is
    another id that is known before and by which nothing else could find the resource (`context.creating`).
    `update` changes in place from `old` to `new` (the engine calls it only when no changed property asks for a
    replacement) and returns the attributes again; where AWS gives the resource a new id in place, it calls
    `context.report_id(id)`. `delete` removes the resource and raises what the service says, not-found included: the
    engine decides what that means.
    """

    type_name: ClassVar[str]
    supported: ClassVar[frozenset[str]]

    def unsupported(self, properties: Properties) -> tuple[str, ...]:
        """The paths of the properties that this handler does not apply: refused before anything is made.

        Intrinsic functions that are not resolved yet are passed over: ask again once they are.
        """
        return tuple(dict.fromkeys(self._unsupported(properties, prefix="")))

    def _unsupported(self, value: Any, *, prefix: str) -> Iterator[str]:
        if isinstance(value, list):
            for item in value:
                yield from self._unsupported(item, prefix=prefix)
        elif isinstance(value, Mapping) and not is_intrinsic(value):
            for name, member in value.items():
                path = f"{prefix}.{name}" if prefix else name
                if path in self.supported:
                    continue
                if any(known.startswith(f"{path}.") for known in self.supported):
                    yield from self._unsupported(member, prefix=path)
                else:
                    yield path

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        raise NotImplementedError

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        raise NotImplementedError

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        raise NotImplementedError


HANDLERS: dict[str, Handler] = {}


def handler(cls: type[Handler]) -> type[Handler]:
    """Register a handler under its type's name; a second one for the same type is a defect."""
    if cls.type_name in HANDLERS:
        raise ValueError(f"two handlers for {cls.type_name}")
    HANDLERS[cls.type_name] = cls()
    return cls
