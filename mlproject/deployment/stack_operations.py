"""Wait for the operations that earlier deployments started; CloudFormation continues them without the CDK CLI."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from mlproject.errors import UserError

# A stack in review has a change set that was never executed, and nothing runs on it.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
_IN_REVIEW = "REVIEW_IN_PROGRESS"


def wait_for_operations(
    stacks: Collection[str],
    client: Callable[[str], Any],
    *,
    progress: Callable[[str, str], None],
    sleep: Callable[[float], None] = time.sleep,
    delay: float = 2.0,
) -> tuple[Mapping[str, Any], ...]:
    """Wait until no operation is in progress on the stacks, and return all stacks of the account and region.

    Args:
        stacks: names of stacks, which need not exist.
        client: returns the boto3 client of a service.
        progress: called once with the name and the status of each stack that is waited for, such as
            `("flights-dev-emr", "CREATE_IN_PROGRESS")`.
        sleep: called between two questions to CloudFormation.
        delay: seconds between them.

    Returns:
        every stack, as last returned by DescribeStacks.
    """
    reported: set[str] = set()
    while busy := stacks_in_progress(existing := list_stacks(client), stacks):
        for name, status in busy.items():
            if name not in reported:
                reported.add(name)
                progress(name, status)
        sleep(delay)
    return existing


def list_stacks(client: Callable[[str], Any]) -> tuple[Mapping[str, Any], ...]:
    """Return all stacks of the account and region, as returned by DescribeStacks."""
    pages = client("cloudformation").get_paginator("describe_stacks").paginate()
    return tuple(stack for page in pages for stack in page["Stacks"])


def stacks_in_progress(existing: Iterable[Mapping[str, Any]], names: Collection[str]) -> dict[str, str]:
    """Return the status of each of the named stacks on which an operation is in progress."""
    statuses = {stack["StackName"]: stack["StackStatus"] for stack in existing}
    return {
        name: status
        for name, status in statuses.items()
        if name in names and status.endswith("_IN_PROGRESS") and status != _IN_REVIEW
    }


def list_foreign_changes(
    planned: Iterable[Mapping[str, Any]],
    current: Iterable[Mapping[str, Any]],
    names: Collection[str],
    *,
    change_set: str,
) -> tuple[str, ...]:
    """Return the stacks, sorted, that another deployment has changed since the changes were planned.

    Args:
        planned: all stacks, as returned by DescribeStacks when the changes were planned.
        current: all stacks, as returned by DescribeStacks now.
        names: names of the stacks of the deployment.
        change_set: name of the change sets of this deployment.
    """
    before = {stack["StackName"]: stack.get("ChangeSetId") for stack in planned}
    # The id is the ARN of the change set that was executed last, .../changeSet/NAME/UUID:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html (ChangeSetId)
    executed = {stack["StackName"]: stack.get("ChangeSetId") for stack in current if stack["StackName"] in names}
    return tuple(
        name
        for name, last in sorted(executed.items())
        if last and last != before.get(name) and f"/{change_set}/" not in last
    )


def require_unchanged(
    planned: Iterable[Mapping[str, Any]], current: Iterable[Mapping[str, Any]], names: Collection[str]
) -> None:
    """Verify that no other deployment has changed the stacks since the changes were planned.

    Args:
        planned: all stacks, as returned by DescribeStacks when the changes were planned.
        current: all stacks, as returned by DescribeStacks now.
        names: names of the stacks that are about to be deployed.

    Raises:
        UserError: another deployment has changed one of the stacks, or is changing it.
    """
    before, now = (
        {stack["StackName"]: (stack["StackId"], stack.get("LastUpdatedTime")) for stack in stacks}
        for stacks in (planned, current)
    )
    busy = stacks_in_progress(current, names)
    for name in sorted(names):
        if name in busy or before.get(name) != now.get(name):
            raise UserError(
                f"{name}: another deployment has changed this stack since its changes were planned"
                f"{f', and is in progress ({busy[name]})' if name in busy else ''}. Wait until it ends, and run the "
                "command again.",
                exit_code=1,
                topic="deployment-in-progress",
            )
