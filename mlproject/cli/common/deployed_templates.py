"""Read the templates of the deployed stacks, where the credentials allow it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.parameters import Environment

# A stack in one of these states contains no resources.
_WITHOUT_RESOURCES = frozenset({"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_COMPLETE"})


def read_deployed_templates(environment: Environment, root: Path) -> dict[str, Mapping[str, Any]]:
    """Return the templates of the deployed stacks of an environment, by their path in the app.

    Args:
        environment: the environment.
        root: the checkout.

    Raises:
        UserError: there are no credentials for the account, or they may not read the stacks.
    """
    from mlproject.cli.common.session import create_session, is_stopped_embedded_aws, reporting_aws_errors
    from mlproject.deployment import list_stacks, read_template

    if is_stopped_embedded_aws(environment, root):
        raise UserError(
            f"the embedded AWS of {environment.name} is not running", exit_code=1, topic="local-aws-not-running"
        )
    session = create_session(environment, root)
    with reporting_aws_errors(f"reading the deployed stacks of {environment.name}"):
        cloudformation = session.client("cloudformation")
        return {
            path: read_template(cloudformation, stack["StackName"])
            for stack in list_stacks(session.client)
            if stack["StackStatus"] not in _WITHOUT_RESOURCES and (path := _path(stack, environment.name))
        }


def _path(stack: Mapping[str, Any], environment: str) -> str | None:
    """Return the path of a stack, such as `dev/flights/storage`; None if it is not a stack of the environment."""
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", ())}
    name = str(stack["StackName"])
    if tags.get("environment") != environment:
        return None
    if name == f"{environment}-network":
        return f"{environment}/network"
    prefix = f"{tags.get('project', '')}-{environment}-"
    return f"{environment}/{tags['project']}/{name.removeprefix(prefix)}" if name.startswith(prefix) else None
