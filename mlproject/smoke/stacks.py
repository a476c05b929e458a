"""Whether every stack that the parameters require is complete."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mlproject.deployment import list_stacks
from mlproject.outcome import Outcome, ok, problem
from mlproject.parameters import Deployment
from mlproject.smoke.expected_stacks import expected_stacks

# A stack that was rolled back is usable, but does not contain what was deployed last.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
_COMPLETE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})


def check_stacks(
    deployment: Deployment, client: Callable[[str], Any], *, is_deployed: bool = False
) -> Iterator[Outcome]:
    """Check that each stack exists, is complete, and has no operation in progress.

    Args:
        deployment: the project in the environment.
        client: returns the boto3 client of a service.
        is_deployed: whether the last deployment that succeeded is of the commit that is checked. A stack that was
            rolled back then contains it: after a failed deployment, the commit before it was deployed again.
    """
    statuses = {stack["StackName"]: str(stack["StackStatus"]) for stack in list_stacks(client)}
    for name in expected_stacks(deployment):
        yield _check_stack(name, statuses.get(name), deployment, is_deployed=is_deployed)


def _check_stack(name: str, status: str | None, deployment: Deployment, *, is_deployed: bool) -> Outcome:
    options = f"{deployment.project} --environment {deployment.environment.name}"
    if status in _COMPLETE:
        return ok("stack", f"{name} is {status}")
    if status is None or status == "REVIEW_IN_PROGRESS":
        return problem("stack", f"{name} is not deployed", f"run `mlproject deploy {options}`")
    if status.endswith("_IN_PROGRESS"):
        return problem("stack", f"an operation on {name} is in progress ({status})", "run it again when it has ended")
    if status == "UPDATE_ROLLBACK_COMPLETE" and is_deployed:
        return ok("stack", f"{name} is {status}, which is the state of this commit")
    return problem(
        "stack",
        f"{name} is {status}, so it does not contain the last deployment",
        f"`mlproject stacks --environment {deployment.environment.name} --project {deployment.project} --failures` "
        "shows the cause",
    )
