"""Explain why a deployment failed, from the events of its stacks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session
    from mlproject.parameters import Deployment


@contextmanager
def explaining_stack_failures(
    stacks: Collection[str],
    deployment: Deployment,
    session: Session,
    *,
    planned: Iterable[Mapping[str, Any]],
    change_set: str,
) -> Iterator[None]:
    """Append to the error of a failed deployment which stack failed, why, and what CloudFormation rolled back.

    Failures of earlier deployments are not repeated.

    Args:
        stacks: names of the stacks that are deployed.
        deployment: the project in the environment.
        session: reads the events.
        planned: all stacks, as returned by DescribeStacks when the changes were planned.
        change_set: name of the change sets of this deployment.

    Raises:
        UserError: the deployment failed.
    """
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.deployment import list_failures

    with reporting_aws_errors("reading the state of the stacks"):
        earlier = {each.event_id for each in list_failures(stacks, session.client)}
    try:
        yield
    except UserError as error:
        with reporting_aws_errors(f"{error} Reading the cause from CloudFormation"):
            failures = _explain_failures(stacks, deployment, session, earlier)
            interference = (
                [] if failures else _explain_interference(stacks, session, planned=planned, change_set=change_set)
            )
        raise UserError(
            "\n".join([str(error), *failures, *interference]),
            exit_code=1,
            topic="deployment-in-progress" if interference else error.topic,
        ) from error


def _explain_failures(
    stacks: Collection[str], deployment: Deployment, session: Session, earlier: set[str]
) -> list[str]:
    from mlproject.deployment import describe_failure, list_failures

    environment = deployment.environment.name
    failures = [each for each in list_failures(stacks, session.client) if each.event_id not in earlier]
    return [describe_failure(each, project=deployment.project, environment=environment) for each in failures]


def _explain_interference(
    stacks: Collection[str], session: Session, *, planned: Iterable[Mapping[str, Any]], change_set: str
) -> list[str]:
    """Explain that CloudFormation has refused an operation because of another deployment."""
    from mlproject.deployment import list_foreign_changes, list_stacks, stacks_in_progress

    current = list_stacks(session.client)
    busy = stacks_in_progress(current, stacks)
    if busy:
        return [
            f"Another operation on {name} is in progress ({status}), and CloudFormation accepts only one at a time. "
            "Run the command again: it waits for its end and continues."
            for name, status in busy.items()
        ]
    return [
        f"Another deployment has changed {name} at the same time, and this one has changed nothing in it. Run the "
        "command again: it plans the changes anew."
        for name in list_foreign_changes(planned, current, stacks, change_set=change_set)
    ]
