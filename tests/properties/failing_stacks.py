"""Stacks whose resources fail while they are created, updated and deleted, and what is left in the account."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.embedded_aws.moto_server import Services
from tests.embedded_aws.resources import readers_messaging
from tests.properties.faults import Answer, Fault, Injector, Operation, differences, faulty_engine, listing
from tests.stacks.assembly import Stack

assert readers_messaging  # it registers its readers

ANSWERS: Sequence[Answer] = ("refused", "lost")
CHANGED = {"changed": "yes"}
_BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version"


@dataclass(kw_only=True)
class FailingStack:
    """A stack in an account of its own, in which calls of its resources fail.

    Args:
        services: the embedded AWS, which is emptied.
        stack: the stack.
        needs: the stacks that are deployed before it.
        sample: number of faults of each operation; None for all.
        findings: what went wrong.
        tried: number of faults.
    """

    services: Services
    stack: Stack
    needs: Sequence[Stack] = ()
    sample: int | None = None
    injector: Injector = field(default_factory=Injector)
    findings: list[str] = field(default_factory=list)
    tried: int = 0

    def __post_init__(self) -> None:
        self._restart()

    def fail_everywhere(self) -> None:
        """Let each call, or a sample of them, fail once; fill `findings` and `tried`."""
        self._fail_while_created()
        self._fail_while_updated()
        self._fail_while_deleted()

    def listed(self) -> Mapping[str, int]:
        """Return how many resources the services list that the stack has created, by type."""
        before = self._listing()
        self._succeed(self._create())
        return Counter(name for name, _ in self._listing().keys() - before.keys())

    def _fail_while_created(self) -> None:
        before = self._listing()
        self._succeed(self._create())
        faults = self._faults("create")
        self._succeed(self._delete())
        for fault in faults:
            with self._injected(fault):
                status = self._create()
            if self._is_as_before(fault, status, "ROLLBACK_COMPLETE", before):
                self._succeed(self._delete())
            else:
                self._restart()
                before = self._listing()

    def _fail_while_updated(self) -> None:
        self._succeed(self._create())
        self.injector.calls.clear()
        self._succeed(self._update(CHANGED))
        faults = self._faults("update")
        self._succeed(self._update({}))
        before = self._listing()
        for fault in faults:
            with self._injected(fault):
                status = self._update(CHANGED)
            if not self._is_as_before(fault, status, "UPDATE_ROLLBACK_COMPLETE", before):
                self._restart()
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
                self._restart()
                before = self._listing()

    def _restart(self) -> None:
        """Begin with an account that contains what the stack needs."""
        self.services.reset()
        self.services("ssm").put_parameter(Name=_BOOTSTRAP_VERSION, Value="30", Type="String")
        self._engine = faulty_engine(self.services, self.injector)
        for stack in self.needs:
            self._succeed(self._engine.create(_name(stack), stack.template, tags=_tags(stack)).status)
        self.injector.calls.clear()

    def _listing(self) -> Mapping[tuple[str, str], Any]:
        return listing(self.services, types_of((*self.needs, self.stack)))

    def _create(self) -> str:
        return self._engine.create(_name(self.stack), self.stack.template, tags=_tags(self.stack)).status

    def _update(self, tags: Mapping[str, str]) -> str:
        tags = {**_tags(self.stack), **tags}
        return self._engine.update(_name(self.stack), self.stack.template, tags=tags).status

    def _delete(self) -> str:
        deleted = self._engine.delete(_name(self.stack))
        return deleted.status if deleted else "DELETE_COMPLETE"

    def _succeed(self, status: str) -> None:
        reasons = [
            f"{event.logical_id} {event.status}: {event.reason}"
            for stack in self._engine.stacks.values()
            for event in stack.events[-20:]
            if event.status.endswith("FAILED")
        ]
        assert status.endswith("_COMPLETE") and "ROLLBACK" not in status, (status, reasons, self.findings)

    def _faults(self, operation: Operation) -> list[Fault]:
        """Return the faults of the operation that has just succeeded, or a sample of them."""
        found = [
            Fault(logical_id=logical_id, operation=each, call=call, answer=answer)
            for (logical_id, each), calls in sorted(self.injector.calls.items())
            if each == operation
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
        self.injector.fault = None

    def _is_as_before(self, fault: Fault, status: str, expected: str, before: Mapping[tuple[str, str], Any]) -> bool:
        found = [] if status == expected else [f"the status is {status}, not {expected}"]
        found += differences(before, self._listing())
        kind = self.stack.template["Resources"][fault.logical_id]["Type"]
        self.findings += [f"{_name(self.stack)}: {fault} ({kind}): {each}" for each in found]
        return not found


def types_of(stacks: Sequence[Stack]) -> set[str]:
    """Return the resource types of stacks."""
    return {resource["Type"] for stack in stacks for resource in stack.resources().values()}


def _name(stack: Stack) -> str:
    return str(stack.properties["stackName"])


def _tags(stack: Stack) -> Mapping[str, str]:
    tags: Mapping[str, str] = stack.properties["tags"]
    return tags
