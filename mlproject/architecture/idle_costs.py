"""The idle costs of the stacks of an architecture."""

from __future__ import annotations

from decimal import Decimal

from mlproject.aws_rules.prices import PriceTable
from mlproject.costs import idle_costs, monthly, network_costs
from mlproject.parameters import Deployment, Platform


def idle_costs_by_stack(platform: Platform, deployment: Deployment, prices: PriceTable) -> dict[str, Decimal | None]:
    """Return the idle cost per month in USD by stack name, such as `dev/flights/storage`.

    This includes the network, which all projects of the environment share. A cost is None if a price is unknown.
    """
    environment = deployment.environment
    shared = network_costs(environment, platform.deployments(environment=environment.name), prices)
    lines = (*shared, *idle_costs(deployment, prices))
    names = dict.fromkeys(line.stack for line in lines)
    return {name: monthly(line for line in lines if line.stack == name) for name in names}
