"""Whichever call of whichever resource fails, the services list afterwards what they listed before."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from embedded_aws.cloudformation import Engine
from tests.embedded_aws.moto_server import Services, running_services
from tests.embedded_aws.resources import readers_messaging
from tests.embedded_aws.resources.readers import READERS
from tests.properties.faults import Answer, Fault, Injector, Operation, differences, faulty_engine, listing
from tests.stacks.assembly import Stack

assert readers_messaging  # it registers its readers

ANSWERS: Sequence[Answer] = ("refused", "lost")
CHANGED = {"changed": "yes"}


@dataclass(kw_only=True)
class Platform:
    """An account in which the stacks of an environment are created, updated and deleted.

    Args:
        services: the embedded AWS.
        stacks: the stacks in the order of their deployment.
        sample: number of faults of each operation on a stack; None for all.
    """

    services: Services
    stacks: Sequence[Stack]
    sample: int | None
    injector: Injector = field(default_factory=Injector)
    findings: list[str] = field(default_factory=list)
    tried: int = 0

    def __post_init__(self) -> None:
        self.engine: Engine = faulty_engine(self.services, self.injector)
        resources = [resource for stack in self.stacks for resource in stack.resources().values()]
        self.types = {resource["Type"] for resource in resources} & set(READERS)

    def listing(self) -> dict[tuple[str, str], Any]:
        return listing(self.services, self.types)

    def create(self, stack: Stack) -> str:
        return self.engine.create(name_of(stack), stack.template, tags=stack.properties["tags"]).status

    def create_again(self, stack: Stack) -> None:
        """Create a stack, which must succeed."""
        status = self.create(stack)
        assert status == "CREATE_COMPLETE", self.findings

    def update(self, stack: Stack, tags: Mapping[str, str]) -> str:
        return self.engine.update(name_of(stack), stack.template, tags={**stack.properties["tags"], **tags}).status

    def delete(self, stack: Stack) -> str:
        deleted = self.engine.delete(name_of(stack))
        return deleted.status if deleted else "DELETE_COMPLETE"

    def delete_again(self, stack: Stack) -> None:
        """Delete a stack, which must succeed."""
        status = self.delete(stack)
        assert status == "DELETE_COMPLETE", self.findings

    def faults(self, operation: Operation) -> list[Fault]:
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
    def injected(self, fault: Fault) -> Iterator[None]:
        """Let the call fail in this block."""
        self.tried += 1
        self.injector.calls.clear()
        self.injector.fault = fault
        yield
        self.injector.fault = None

    def check(
        self, fault: Fault, stack: Stack, status: str, expected: str, before: Mapping[tuple[str, str], Any]
    ) -> None:
        found = [] if status == expected else [f"the status is {status}, not {expected}"]
        found += differences(before, self.listing())
        kind = stack.template["Resources"][fault.logical_id]["Type"]
        self.findings += [f"{name_of(stack)}: {fault} ({kind}): {each}" for each in found]


def name_of(stack: Stack) -> str:
    return str(stack.properties["stackName"])


def fail_while_created(platform: Platform, stack: Stack) -> None:
    before = platform.listing()
    platform.injector.calls.clear()
    platform.create_again(stack)
    faults = platform.faults("create")
    platform.delete_again(stack)
    for fault in faults:
        with platform.injected(fault):
            status = platform.create(stack)
        platform.check(fault, stack, status, "ROLLBACK_COMPLETE", before)
        platform.delete_again(stack)
    platform.create_again(stack)


def fail_while_updated(platform: Platform, stack: Stack) -> None:
    platform.injector.calls.clear()
    assert platform.update(stack, CHANGED) == "UPDATE_COMPLETE"
    faults = platform.faults("update")
    assert platform.update(stack, {}) == "UPDATE_COMPLETE"
    before = platform.listing()
    for fault in faults:
        with platform.injected(fault):
            status = platform.update(stack, CHANGED)
        platform.check(fault, stack, status, "UPDATE_ROLLBACK_COMPLETE", before)


def fail_while_deleted(platform: Platform, stack: Stack, before: Mapping[tuple[str, str], Any]) -> None:
    """A deletion that failed succeeds when it is repeated."""
    platform.injector.calls.clear()
    platform.delete_again(stack)
    for fault in platform.faults("delete"):
        platform.create_again(stack)
        with platform.injected(fault):
            platform.delete(stack)
        platform.check(fault, stack, platform.delete(stack), "DELETE_COMPLETE", before)


def fail_everywhere(
    services: Services, stacks: Mapping[str, Stack], path: str, *, needs: Sequence[str] = (), sample: int | None
) -> None:
    """Let calls of a stack fail.

    Args:
        services: the embedded AWS.
        stacks: the stacks of the example platform.
        path: the stack in the environment `local`.
        needs: stacks that are deployed before it.
        sample: number of faults of each operation; None for all.
    """
    *others, stack = (stacks[f"local/{each}"] for each in (*needs, path))
    platform = Platform(services=services, stacks=[*others, stack], sample=sample)
    for other in others:
        platform.create_again(other)
    before = platform.listing()
    fail_while_created(platform, stack)
    fail_while_updated(platform, stack)
    fail_while_deleted(platform, stack, before)
    assert platform.findings == [], f"{len(platform.findings)} after {platform.tried} faults"


@pytest.fixture
def services() -> Iterator[Services]:
    with running_services() as found:
        found("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String", Overwrite=True)
        yield found


def test_a_sample_of_failures_is_rolled_back(services: Services, stacks: Mapping[str, Stack]) -> None:
    fail_everywhere(services, stacks, "flights/storage", sample=3)


def test_a_resource_with_a_generated_name_is_undone_although_the_answer_to_its_creation_is_lost(
    services: Services,
) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ],
    }
    resources: dict[str, dict[str, Any]] = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
        "Logs": {"Type": "AWS::Logs::LogGroup"},
        "Dashboard": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": "{}"}},
    }
    types = [resource["Type"] for resource in resources.values()]
    injector = Injector()
    engine = faulty_engine(services, injector)
    for name, resource in resources.items():
        before = listing(services, types)
        assert engine.create(name, {"Resources": {name: resource}}).status == "CREATE_COMPLETE"
        calls = injector.calls[name, "create"]
        engine.delete(name)
        for call, answer in itertools.product(range(calls), ANSWERS):
            injector.calls.clear()
            injector.fault = Fault(logical_id=name, operation="create", call=call, answer=answer)
            status = engine.create(name, {"Resources": {name: resource}}).status
            assert status == "ROLLBACK_COMPLETE", (name, call, answer)
            assert differences(before, listing(services, types)) == [], (name, call, answer)
            engine.delete(name)
