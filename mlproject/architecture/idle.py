"""What the stacks of an architecture cost while nobody uses them."""

from __future__ import annotations

from decimal import Decimal

from mlproject.costs import idle_costs, monthly, network_costs
from mlproject.parameters import Deployment, Platform


def idle_by_stack(platform: Platform, deployment: Deployment) -> dict[str, Decimal | None]:
    """What a month of each stack costs in USD, by its name such as `dev/flights/storage`.

    The network is among them, which all projects of the environment share. None where a price is not known.
    """
    environment = deployment.environment
    shared = network_costs(environment, platform.deployments(environment=environment.name))
    lines = (*shared, *idle_costs(deployment))
    names = dict.fromkeys(line.stack for line in lines)
    return {name: monthly(line for line in lines if line.stack == name) for name in names}
