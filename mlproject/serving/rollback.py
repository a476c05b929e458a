"""Return an endpoint to the other version that its stack keeps deployable."""

from __future__ import annotations

from dataclasses import dataclass

from mlproject.errors import UserError
from mlproject.names import Names
from mlproject.serving.status import (
    CONFIGURATION,
    Clients,
    describe_stack,
    read_status,
    served_version,
    stack_resources,
)

# A deployment may take an hour (aws_rules.hosting.DEPLOYMENT_SECONDS).
_POLL_SECONDS, _POLLS = 15, 240


@dataclass(frozen=True, kw_only=True)
class Rollback:
    """What a rollback changed.

    Args:
        endpoint: name of the endpoint.
        old: the version that it served.
        new: the version that it serves.
    """

    endpoint: str
    old: int | None
    new: int | None


def roll_back(names: Names, client: Clients) -> Rollback:
    """Let an endpoint serve the other version of its stack, and wait until it does.

    The alarms do not watch this deployment: they may be in ALARM because of the version that it replaces.

    Args:
        names: names of the deployment.
        client: returns the boto3 client of a service.

    Raises:
        UserError: there is no endpoint or no other version, or the endpoint stays with its version.
    """
    sagemaker, cloudformation = client("sagemaker"), client("cloudformation")
    stack = names.stack("serving")
    if describe_stack(stack, cloudformation) is None:
        raise UserError(
            f"stack {stack} is not deployed, so there is no endpoint to roll back.", exit_code=1, topic="not-deployed"
        )
    status = read_status(names, client)
    if status.endpoint is None:
        raise UserError(f"stack {stack} has no endpoint to roll back.", exit_code=1, topic="nothing-to-roll-back")
    name = status.endpoint.name
    current = sagemaker.describe_endpoint(EndpointName=name)["EndpointConfigName"]
    others = [
        found for type_, found in stack_resources(stack, cloudformation) if type_ == CONFIGURATION and found != current
    ]
    if not others:
        raise UserError(
            f"stack {stack} keeps no other version than {status.endpoint.version}. Revert the commit that changed "
            "serving.model_version (`git revert`) and deploy it; to be able to roll back without a deployment, set "
            "serving.previous_version.",
            exit_code=1,
            topic="nothing-to-roll-back",
        )
    target = others[0]
    sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=target)
    waiter = sagemaker.get_waiter("endpoint_in_service")
    waiter.wait(EndpointName=name, WaiterConfig={"Delay": _POLL_SECONDS, "MaxAttempts": _POLLS})
    after = sagemaker.describe_endpoint(EndpointName=name)
    if after["EndpointConfigName"] != target:
        reason = after.get("FailureReason", "SageMaker gives no reason.")
        raise UserError(f"endpoint {name} still serves version {status.endpoint.version}: {reason}", exit_code=1)
    return Rollback(endpoint=name, old=status.endpoint.version, new=served_version(target, sagemaker))
