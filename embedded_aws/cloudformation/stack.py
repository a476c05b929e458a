"""The state of stacks. What they hold is replaced, never changed, so that keeping a value is a snapshot."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from embedded_aws.cloudformation.parameters import ParameterValue
from embedded_aws.cloudformation.plan import ResourceChange
from embedded_aws.cloudformation.template import EMPTY, Template

if TYPE_CHECKING:
    from embedded_aws.cloudformation.drift import StackDrift


def now() -> datetime:
    """The present, in UTC, to the millisecond as AWS tells it."""
    present = datetime.now(UTC)
    return present.replace(microsecond=present.microsecond // 1000 * 1000)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one operation gives a stack, and a rollback takes back."""

    template: Template = EMPTY
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    role_arn: str | None = None
    notification_arns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Dependency:
    """A resource that another one has named.

    Args:
        suffix: tells it from those that replace it; an update in place keeps it.
        physical_id: the id that it was named by; an update in place may give it another one.
    """

    suffix: str
    physical_id: str


Dependencies = frozenset[Dependency]


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource that exists.

    Args:
        suffix: what was appended to the name that was made up for it; unlike the ids, no other resource ever has it.
        properties: as last applied, functions resolved, the stack's tags among them.
        attributes: what Fn::GetAtt reads.
        dependencies: the resources that it named when it was last applied; deletion goes the other way round.
        settings: those of the stack when it was last applied.
        partially_created: its creation failed after something was made.
    """

    logical_id: str
    type_name: str
    physical_id: str
    suffix: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any]
    dependencies: Dependencies
    settings: Settings = field(compare=False, repr=False)
    deletion_policy: str
    update_replace_policy: str
    metadata: Mapping[str, Any]
    status: str
    reason: str | None = None
    partially_created: bool = False
    updated: datetime = field(default_factory=now)

    @property
    def as_dependency(self) -> Dependency:
        """What a resource that names this one keeps of it."""
        return Dependency(suffix=self.suffix, physical_id=self.physical_id)


@dataclass(frozen=True, kw_only=True)
class Output:
    """An output's value, with the name under which it is exported."""

    key: str
    value: str
    description: str | None
    export: str | None


@dataclass(frozen=True, kw_only=True)
class Event:
    """What happened to a resource, or to the stack itself."""

    event_id: str
    logical_id: str
    physical_id: str
    type_name: str
    status: str
    reason: str | None
    properties: Mapping[str, Any] | None
    token: str | None
    time: datetime = field(default_factory=now)


@dataclass(frozen=True, kw_only=True)
class CreatedStep:
    """A step that is undone by deleting the resource and putting back the one that it replaced."""

    resource: Resource
    replaced: Resource | None


@dataclass(frozen=True, kw_only=True)
class UpdatedStep:
    """A step that is undone by an update back to the resource before; `called` if its handler was asked at all."""

    before: Resource
    called: bool


@dataclass(frozen=True, kw_only=True)
class Stable:
    """The last good state of the stack itself, to which a rollback returns."""

    settings: Settings
    outputs: tuple[Output, ...]
    imports: frozenset[str]


@dataclass(kw_only=True)
class ChangeSet:
    """What an update would do, kept until it is executed or deleted."""

    change_set_id: str
    name: str
    kind: str
    description: str | None
    settings: Settings
    changes: tuple[ResourceChange, ...]
    status: str
    execution_status: str
    reason: str | None
    on_failure: str
    created: datetime = field(default_factory=now)


@dataclass(kw_only=True)
class Stack:
    """One stack.

    Args:
        change_set_id: the change set that was executed last.
        undo: what was done since the last good state, oldest first.
        stable: the last good state, while there is something to undo.
        drift: the result of the last drift detection.
        lock: guards the fields.
        idle: set while no operation runs.
    """

    stack_id: str
    name: str
    status: str
    reason: str | None = None
    settings: Settings = field(default_factory=Settings)
    outputs: tuple[Output, ...] = ()
    imports: frozenset[str] = frozenset()
    resources: dict[str, Resource] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)
    change_set_id: str | None = None
    protected: bool = False
    disable_rollback: bool = False
    created: datetime = field(default_factory=now)
    updated: datetime | None = None
    deleted: datetime | None = None
    undo: list[CreatedStep | UpdatedStep] = field(default_factory=list)
    stable: Stable | None = None
    drift: StackDrift | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    idle: threading.Event = field(default_factory=threading.Event)

    def put(self, resource: Resource) -> None:
        """Keep a resource under its logical id."""
        with self.lock:
            self.resources[resource.logical_id] = resource

    def forget(self, logical_id: str) -> None:
        """Drop a resource; it may exist outside the stack."""
        with self.lock:
            self.resources.pop(logical_id, None)
