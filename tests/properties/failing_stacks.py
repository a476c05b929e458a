"""Stacks whose resources fail while they are created, updated and deleted, and what is left in the account."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from embedded_aws.cloudformation import Engine
from tests.embedded_aws.moto_server import Services
from tests.properties.faults import Answer, Fault, Injector, Operation, differences, faulty_engine, listing

ANSWERS: Sequence[Answer] = ("refused", "lost")
_BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A template and the tags of its stack."""

    name: str
    template: Mapping[str, Any]
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def types(self) -> Counter[str]:
        """The number of resources by type."""
        return Counter(self.type_of(name) for name in self.template["Resources"])

    def type_of(self, logical_id: str) -> str:
        """The type of a resource."""
        return str(self.template["Resources"][logical_id]["Type"])


@dataclass(kw_only=True)
class FailingStack:
    """A stack in an account of its own, in which calls of its resources fail.

    Args:
        services: the embedded AWS, which is emptied.
        first: what the stack is created with.
        updates: what it is updated to.
        needs: the stacks that are deployed before it.
        sample: number of faults of each operation; None for all.
        findings: what went wrong.
        unlisted: number of resources by type that the services do not list, so that nothing tells what became of them.
        unreached: faults of calls that were not made, since an earlier fault has left something different.
        tried: number of faults.
    """

    services: Services
    first: Deployment
    updates: Sequence[Deployment]
    needs: Sequence[Deployment] = ()
    sample: int | None = None
    injector: Injector = field(default_factory=Injector)
    findings: list[str] = field(default_factory=list)
    unlisted: Counter[str] = field(default_factory=Counter)
    unreached: list[Fault] = field(default_factory=list)
    tried: int = 0

    def __post_init__(self) -> None:
        self._engine: Engine = self._restarted()
        self._is_reached = False

    def fail_everywhere(self) -> None:
        """Let each call, or a sample of them, fail once; fill `findings`, `unlisted` and `tried`."""
        self._fail_while_created()
        for update in self.updates:
            self._fail_while_updated(update)
        self._fail_while_deleted()

    def _fail_while_created(self) -> None:
        before = self._listing()
        self._succeed(self._create())
        listed = Counter(name for name, _ in self._listing().keys() - before.keys())
        self.unlisted = self.first.types - listed
        faults = self._faults("create")
        self._succeed(self._delete())
        for fault in faults:
            with self._injected(fault):
                status = self._create()
            if self._is_as_before(fault, status, "ROLLBACK_COMPLETE", before):
                self._succeed(self._delete())
            else:
                self._engine = self._restarted()
                before = self._listing()
        self._succeed(self._create())

    def _fail_while_updated(self, desired: Deployment) -> None:
        self.injector.calls.clear()
        self._succeed(self._update(desired))
        faults = self._faults("create", "update")
        self._succeed(self._update(self.first))
        before = self._listing()
        for fault in faults:
            with self._injected(fault):
                status = self._update(desired)
            if not self._is_as_before(fault, status, "UPDATE_ROLLBACK_COMPLETE", before):
                self._engine = self._restarted()
                self._succeed(self._create())
                before = self._listing()

    def _fail_while_deleted(self) -> None:
        """A deletion that failed succeeds when it is repeated."""
        self.injector.calls.clear()
        self._succeed(self._delete())
        before = self._listing()
        for fault in self._faults("delete"):
            self._succeed(self._create())
            with self._injected(fault):
                self._delete()
            if not self._is_as_before(fault, self._delete(), "DELETE_COMPLETE", before):
                self._engine = self._restarted()
                before = self._listing()

    def _restarted(self) -> Engine:
        """Empty the account, and deploy what the stack needs."""
        self.services.reset()
        self.services("ssm").put_parameter(Name=_BOOTSTRAP_VERSION, Value="30", Type="String")
        engine = faulty_engine(self.services, self.injector)
        for each in self.needs:
            assert engine.create(each.name, each.template, tags=each.tags).status == "CREATE_COMPLETE", each.name
        self.injector.calls.clear()
        return engine

    def _listing(self) -> Mapping[tuple[str, str], Any]:
        types = {name for each in (*self.needs, self.first, *self.updates) for name in each.types}
        return listing(self.services, types)

    def _create(self) -> str:
        return self._engine.create(self.first.name, self.first.template, tags=self.first.tags).status

    def _update(self, desired: Deployment) -> str:
        return self._engine.update(self.first.name, desired.template, tags=desired.tags).status

    def _delete(self) -> str:
        deleted = self._engine.delete(self.first.name)
        return deleted.status if deleted else "DELETE_COMPLETE"

    def _succeed(self, status: str) -> None:
        reasons = [
            f"{event.logical_id} {event.status}: {event.reason}"
            for stack in self._engine.stacks.values()
            for event in stack.events
            if event.status.endswith("FAILED")
        ]
        assert status in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"}, (reasons[-3:], self.findings)

    def _faults(self, *operations: Operation) -> list[Fault]:
        """Return the faults of the operations that have just succeeded, or a sample of them."""
        found = [
            Fault(logical_id=logical_id, operation=operation, call=call, answer=answer)
            for (logical_id, operation), calls in sorted(self.injector.calls.items())
            if operation in operations
            for call in range(calls)
            for answer in ANSWERS
        ]
        return found if self.sample is None else random.Random(0).sample(found, min(self.sample, len(found)))  # noqa: S311

    @contextmanager
    def _injected(self, fault: Fault) -> Iterator[None]:
        """Let the call fail in this block."""
        self.tried += 1
        self.injector.calls.clear()
        self.injector.fault = fault
        yield
        self._is_reached = self.injector.fault is None
        if not self._is_reached:
            self.injector.fault = None
            self.unreached.append(fault)

    def _is_as_before(self, fault: Fault, status: str, expected: str, before: Mapping[tuple[str, str], Any]) -> bool:
        if not self._is_reached:
            return False
        found = [] if status == expected else [f"the status is {status}, not {expected}"]
        found += differences(before, self._listing())
        self.findings += [f"{self.first.name}: {fault}: {each}" for each in found]
        return not found
