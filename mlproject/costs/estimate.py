"""The estimated cost of a project in an environment in a month, by component."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from mlproject.aws_rules.prices import PriceTable, product_prices
from mlproject.costs.assumptions import Assumptions
from mlproject.costs.idle import StackLines, idle_costs, network_costs
from mlproject.costs.jobs import batch_costs, pipeline_costs
from mlproject.costs.line import CostLine
from mlproject.definition import Definition
from mlproject.parameters import Deployment


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """The estimated costs of a project in an environment.

    Args:
        environment: name of the environment.
        region: such as `eu-west-1`.
        lines: the costs, each per month.
        shared_by: projects in the environment, which share its network.
    """

    environment: str
    region: str
    lines: tuple[CostLine, ...]
    shared_by: tuple[str, ...]

    @property
    def components(self) -> dict[str, tuple[CostLine, ...]]:
        """The lines by component: `network`, `storage`, `pipeline`, ..., in deployment order."""
        names = dict.fromkeys(_component(line) for line in self.lines)
        return {name: tuple(line for line in self.lines if _component(line) == name) for name in names}


@dataclass(frozen=True, kw_only=True)
class Total:
    """A sum of costs.

    Args:
        usd: sum of the known costs in USD per month.
        unknown: number of costs without a known price, so that the real sum is higher.
    """

    usd: Decimal
    unknown: int


def total(lines: Iterable[CostLine]) -> Total:
    """Return the sum of the lines that have a price, and the number of those that have none."""
    costs = [line.usd for line in lines]
    known = [cost for cost in costs if cost is not None]
    return Total(usd=sum(known, Decimal(0)), unknown=len(costs) - len(known))


def estimate_costs(
    deployment: Deployment,
    in_environment: Sequence[Deployment],
    definition: Definition | None,
    assumptions: Assumptions,
    prices: PriceTable | None = None,
) -> Estimate:
    """Estimate the monthly costs of a project in an environment, including the network that its projects share.

    Requests, logs, data transfer and taxes are not included.

    Args:
        deployment: the project in the environment.
        in_environment: all projects in the environment.
        definition: the definition of its pipeline; None if it has none.
        assumptions: the use of the project.
        prices: the known prices. Default: those of the product.
    """
    environment = deployment.environment
    known = prices or product_prices()
    lines = (
        *network_costs(environment, in_environment, known),
        *_by_stack(_lines(deployment, definition, assumptions, known)),
    )
    return Estimate(
        environment=environment.name,
        region=environment.region,
        lines=tuple(_monthly(line, assumptions) for line in lines if line.price is None or line.price.usd),
        shared_by=tuple(each.project for each in in_environment),
    )


def _lines(
    deployment: Deployment, definition: Definition | None, assumptions: Assumptions, prices: PriceTable
) -> Iterator[CostLine]:
    yield from idle_costs(deployment, prices)
    if assumptions.data_gb:
        storage = StackLines(f"{deployment.names.path}/storage", deployment.environment.region, prices)
        yield storage.line(f"{assumptions.data_gb:f} GB in the buckets", "s3-standard", quantity=assumptions.data_gb)
    if definition:
        yield from pipeline_costs(deployment, definition, assumptions, prices)
    if deployment.serving:
        yield from batch_costs(deployment, deployment.serving, assumptions, prices)


def _by_stack(lines: Iterable[CostLine]) -> Iterator[CostLine]:
    """Yield the lines of each stack together, in the order in which the stacks first appear."""
    found = tuple(lines)
    for stack in dict.fromkeys(line.stack for line in found):
        yield from (line for line in found if line.stack == stack)


def _monthly(line: CostLine, assumptions: Assumptions) -> CostLine:
    """Convert the cost of an hour to that of the assumed hours in a month."""
    if line.per == "month":
        return line
    is_cluster = _component(line) in ("emr", "emr-serverless")
    daily = assumptions.cluster_hours if is_cluster else assumptions.notebook_hours
    hours = assumptions.running_hours(daily, idle_minutes=line.idle_minutes or 0)
    what = line.what.partition(", while")[0]
    return replace(line, per="month", quantity=line.quantity * hours, what=f"{what}, {hours:.0f} hours")


def _component(line: CostLine) -> str:
    return line.stack.rpartition("/")[2]
