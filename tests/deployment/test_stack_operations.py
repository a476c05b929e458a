"""Wait for operations in progress: CloudFormation's answers are stubbed, since time passes between them."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from mlproject.deployment import require_unchanged, wait_for_operations
from mlproject.errors import UserError

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


def described(status: str = "UPDATE_COMPLETE", *, stack_id: str = "1", updated: str = "12:00") -> dict[str, str]:
    return {"StackName": "a", "StackId": stack_id, "StackStatus": status, "LastUpdatedTime": updated}


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ([described()], [described(updated="12:01")], "a: another deployment has changed this stack"),
        ([described()], [described(stack_id="2")], "a: another deployment has changed this stack"),
        ([described()], [], "a: another deployment has changed this stack"),
        ([], [described()], "a: another deployment has changed this stack"),
        ([described()], [described("UPDATE_IN_PROGRESS")], r"and is in progress \(UPDATE_IN_PROGRESS\)"),
    ],
)
def test_a_second_deployment_at_once_is_refused_in_one_sentence(
    before: list[Statuses], now: list[Statuses], words: str
) -> None:
    with pytest.raises(UserError, match=words) as refused:
        require_unchanged(before, now, {"a"})
    assert refused.value.exit_code == 1
    assert str(refused.value).endswith("Wait until it ends, and run the command again.")


def test_stacks_that_nobody_has_changed_are_deployed_whatever_happens_to_others() -> None:
    require_unchanged([described()], [described(), {**described("UPDATE_IN_PROGRESS"), "StackName": "b"}], {"a", "new"})
