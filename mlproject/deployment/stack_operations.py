"""Wait for the operations that earlier deployments started; CloudFormation continues them without the CDK CLI."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Any

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
) -> None:
    """Wait until no operation is in progress on the stacks.

    Args:
        stacks: names of stacks, which need not exist.
        client: returns the boto3 client of a service.
        progress: called once with the name and the status of each stack that is waited for, such as
            `("flights-dev-emr", "CREATE_IN_PROGRESS")`.
        sleep: called between two questions to CloudFormation.
        delay: seconds between them.
    """
    reported: set[str] = set()
    while busy := operations_in_progress(stacks, client):
        for name, status in busy.items():
            if name not in reported:
                reported.add(name)
                progress(name, status)
        sleep(delay)


def operations_in_progress(stacks: Collection[str], client: Callable[[str], Any]) -> dict[str, str]:
    """Return the status of each of the stacks on which an operation is in progress, by name.

    Args:
        stacks: names of stacks, which need not exist.
        client: returns the boto3 client of a service.
    """
    pages = client("cloudformation").get_paginator("describe_stacks").paginate()
    statuses = {stack["StackName"]: stack["StackStatus"] for page in pages for stack in page["Stacks"]}
    return {
        name: status
        for name, status in statuses.items()
        if name in stacks and status.endswith("_IN_PROGRESS") and status != _IN_REVIEW
    }
