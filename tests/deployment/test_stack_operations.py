"""Wait for operations in progress: CloudFormation's answers are stubbed, since time passes between them."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from mlproject.deployment import wait_for_operations

Statuses = dict[str, str]


def answers(*rounds: Statuses) -> tuple[Any, Stubber]:
    """Return a client whose DescribeStacks answers with the statuses of each round in turn."""
    client = boto3.client("cloudformation", region_name="eu-west-1")
    stubber = Stubber(client)
    for statuses in rounds:
        stacks = [
            {"StackName": name, "StackStatus": status, "CreationTime": "2026-01-01"}
            for name, status in statuses.items()
        ]
        stubber.add_response("describe_stacks", {"Stacks": stacks}, {})
    stubber.activate()
    return client, stubber


def test_it_ends_with_the_last_operation_and_reports_each_stack_once() -> None:
    client, stubber = answers(
        {"a": "CREATE_IN_PROGRESS", "b": "CREATE_COMPLETE"},
        {"a": "CREATE_IN_PROGRESS", "b": "UPDATE_IN_PROGRESS"},
        {"a": "CREATE_COMPLETE", "b": "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"},
        {"a": "CREATE_COMPLETE", "b": "UPDATE_COMPLETE"},
    )
    reported: list[tuple[str, str]] = []
    slept: list[float] = []
    wait_for_operations(
        {"a", "b", "absent"},
        lambda _service: client,
        progress=lambda name, status: reported.append((name, status)),
        sleep=slept.append,
        delay=3,
    )
    stubber.assert_no_pending_responses()
    assert reported == [("a", "CREATE_IN_PROGRESS"), ("b", "UPDATE_IN_PROGRESS")]
    assert slept == [3, 3, 3]


@pytest.mark.parametrize(
    "statuses",
    [
        {"someone-else": "UPDATE_IN_PROGRESS"},
        # A change set that nobody executes.
        {"a": "REVIEW_IN_PROGRESS"},
        {"a": "UPDATE_ROLLBACK_COMPLETE"},
        {},
    ],
)
def test_it_does_not_wait_for_other_stacks_or_what_never_ends(statuses: Statuses) -> None:
    client, stubber = answers(statuses)

    def refuse(*_: object) -> None:
        pytest.fail("waited")

    wait_for_operations({"a"}, lambda _service: client, progress=refuse, sleep=refuse)
    stubber.assert_no_pending_responses()
