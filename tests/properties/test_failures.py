"""Whichever call of whichever resource fails, the services list afterwards what they listed before."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from tests.embedded_aws.moto_server import Services, running_services
from tests.properties.examples import is_long
from tests.properties.failing_stacks import ANSWERS, FailingStack
from tests.properties.faults import Fault, Injector, differences, faulty_engine, listing
from tests.stacks.assembly import Stack

# Each kind of stack, and the stacks that it needs. Those of the other environments differ in values only.
NETWORK, STORAGE, PIPELINE = "local/network", "local/flights/storage", "local/flights/pipeline"
HOSTED = ("hosted/network", "hosted/airline/storage", "hosted/airline/pipeline")
NEEDS: Mapping[str, Sequence[str]] = {
    NETWORK: (),
    PIPELINE: (NETWORK, STORAGE),
    "local/flights/notebooks": (NETWORK, STORAGE),
    "local/flights/emr": (NETWORK, STORAGE, "local/flights/notebooks"),
    "local/flights/operations": (NETWORK, STORAGE, PIPELINE),
    "hosted/airline/serving": HOSTED,
}
# They create nothing.
UNLISTED = {"AWS::CDK::Metadata"}


@pytest.fixture
def services() -> Iterator[Services]:
    with running_services() as found:
        yield found


@pytest.fixture
def kinds(stacks: Mapping[str, Stack], serving_stacks: Mapping[str, Stack]) -> Mapping[str, Stack]:
    """The stacks in the account and region of `services`, by path."""
    return {**stacks, **serving_stacks}


def fail_everywhere(services: Services, kinds: Mapping[str, Stack], path: str, *, sample: int) -> None:
    """Let calls of a stack fail.

    Args:
        services: the embedded AWS.
        kinds: the stacks by path.
        path: the stack.
        sample: number of faults of each operation, unless the search is long: then all.
    """
    needs = [kinds[each] for each in NEEDS.get(path, ())]
    failing = FailingStack(services=services, stack=kinds[path], needs=needs, sample=None if is_long() else sample)
    failing.fail_everywhere()
    assert failing.findings == [], f"{len(failing.findings)} after {failing.tried} faults"


def test_a_sample_of_failures_is_rolled_back(services: Services, kinds: Mapping[str, Stack]) -> None:
    fail_everywhere(services, kinds, STORAGE, sample=3)


@pytest.mark.slow
@pytest.mark.parametrize("path", NEEDS)
def test_a_sample_of_failures_of_each_other_stack_is_rolled_back(
    services: Services, kinds: Mapping[str, Stack], path: str
) -> None:
    fail_everywhere(services, kinds, path, sample=2)


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
