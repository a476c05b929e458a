"""Explain why a deployment failed, from the events of its stacks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session
    from mlproject.parameters import Deployment


@contextmanager
def explaining_stack_failures(stacks: Collection[str], deployment: Deployment, session: Session) -> Iterator[None]:
    """Append to the error of a failed deployment which stack failed, why, and what CloudFormation rolled back.

    Failures of earlier deployments are not repeated.

    Args:
        stacks: names of the stacks that are deployed.
        deployment: the project in the environment.
        session: reads the events.

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
            explanation = _explain(stacks, deployment, session, earlier)
        raise UserError("\n".join([str(error), *explanation]), exit_code=1) from error


def _explain(stacks: Collection[str], deployment: Deployment, session: Session, earlier: set[str]) -> list[str]:
    from mlproject.deployment import describe_failure, list_failures, list_stacks, stacks_in_progress

    environment = deployment.environment.name
    failures = [each for each in list_failures(stacks, session.client) if each.event_id not in earlier]
    if failures:
        return [describe_failure(each, project=deployment.project, environment=environment) for each in failures]
    busy = stacks_in_progress(list_stacks(session.client), stacks)
    return [
        f"Another operation on {name} is in progress ({status}), and CloudFormation accepts only one at a time. Run "
        "the command again: it waits for its end and continues."
        for name, status in busy.items()
    ]
