"""Whichever call of whichever resource fails, the services list afterwards what they listed before."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.embedded_aws.moto_server import Services, running_services
from tests.embedded_aws.resources.cases import CASES
from tests.embedded_aws.resources.harness import Case
from tests.properties.examples import is_long
from tests.properties.failing_stacks import ANSWERS, Deployment, FailingStack
from tests.properties.faults import Fault, Injector, differences, faulty_engine, listing
from tests.stacks.assembly import Stack

NETWORK, STORAGE, PIPELINE = "local/network", "local/flights/storage", "local/flights/pipeline"
NOTEBOOKS = "local/flights/notebooks"
# Each kind of stack, and the stacks that it needs. Those of the other environments differ in values only.
NEEDS: Mapping[str, Sequence[str]] = {
    NETWORK: (),
    STORAGE: (),
    PIPELINE: (NETWORK, STORAGE),
    NOTEBOOKS: (NETWORK, STORAGE),
    "local/flights/emr": (NETWORK, STORAGE, NOTEBOOKS),
    "local/flights/operations": (NETWORK, STORAGE, PIPELINE),
}
CHANGED = {"changed": "yes"}
# It creates nothing.
UNLISTED = {"AWS::CDK::Metadata"}
# An update stops an instance that runs, and starts it again. If the start fails, nobody knows afterwards that it ran.
STOPPED = {"AWS::SageMaker::NotebookInstance"}
# The types of the other stacks, such as of served models, and what changes in place are in the cases of the handlers.
SAMPLE_OF_CASES = CASES if is_long() else random.Random(0).sample(CASES, 5)  # noqa: S311


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with running_services() as found:
        yield found


def deployment(stack: Stack) -> Deployment:
    return Deployment(name=stack.properties["stackName"], template=stack.template, tags=stack.properties["tags"])


def failing_stack(services: Services, stacks: Mapping[str, Stack], path: str, *, sample: int) -> FailingStack:
    """Return a stack of the example platform.

    Args:
        services: the embedded AWS.
        stacks: the stacks by path.
        path: the stack.
        sample: number of faults of each operation, unless the search is long: then all.
    """
    first = deployment(stacks[path])
    return FailingStack(
        services=services,
        first=first,
        updates=[replace(first, tags={**first.tags, **CHANGED})],
        needs=[deployment(stacks[each]) for each in NEEDS[path]],
        sample=None if is_long() else sample,
    )


def assert_rolled_back(failing: FailingStack) -> None:
    failing.fail_everywhere()
    print(f"{failing.first.name}: {failing.tried} faults")
    assert failing.unlisted.keys() <= UNLISTED
    assert {failing.first.type_of(fault.logical_id) for fault in failing.unreached} <= STOPPED
    assert failing.findings == [], f"{len(failing.findings)} after {failing.tried} faults"


def test_a_sample_of_failures_is_rolled_back(services: Services, stacks: Mapping[str, Stack]) -> None:
    assert_rolled_back(failing_stack(services, stacks, STORAGE, sample=2))


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for path in NEEDS if path != STORAGE])
def test_a_sample_of_failures_of_each_other_stack_is_rolled_back(
    services: Services, stacks: Mapping[str, Stack], path: str
) -> None:
    assert_rolled_back(failing_stack(services, stacks, path, sample=1))


def test_each_kind_of_stack_is_among_those_that_fail(stacks: Mapping[str, Stack]) -> None:
    kinds = {path.rpartition("/")[2] for path in stacks}
    assert kinds == {path.rpartition("/")[2] for path in NEEDS}


def case_stack(services: Services, case: Case, *, sample: int) -> FailingStack:
    """Return a stack with a resource that is created, changed in place and replaced, and what it refers to."""
    first = Deployment(name="case", template={"Resources": case.resources(case.first)})
    # Undoing what gives a resource another id gives it a third: test_lost_answers.py.
    changes = (case.replaced,) if case.moves else (case.changed, case.replaced)
    versions = [case.resources(each) for each in changes if each is not None]
    return FailingStack(
        services=services,
        first=first,
        updates=[replace(first, template={"Resources": each}) for each in versions],
        sample=None if is_long() else sample,
    )


@pytest.mark.slow
@pytest.mark.parametrize("case", SAMPLE_OF_CASES, ids=str)
def test_a_sample_of_failures_of_some_resource_types_is_rolled_back(services: Services, case: Case) -> None:
    assert_rolled_back(case_stack(services, case, sample=1))


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
