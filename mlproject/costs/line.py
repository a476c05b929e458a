"""A line of a cost estimate, and the sum of such lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from mlproject.aws_rules.prices import Price

# Hours per month in the AWS Pricing Calculator: https://docs.aws.amazon.com/pricing-calculator/latest/userguide/
HOURS_PER_MONTH = 730


@dataclass(frozen=True, kw_only=True)
class CostLine:
    """The cost of some resources of a stack.

    Args:
        stack: path of the stack, such as `dev/flights/storage`.
        what: description of the resources.
        per: `month` for costs of existing resources, `hour` for costs of running resources.
        quantity: number of units per month or hour.
        price: price of one unit; None if unknown.
        idle_minutes: minutes without work after which a running resource stops itself; None if it does not.
        item: name of the price, such as `kms-key`; None for resources that are free.
    """

    stack: str
    what: str
    per: Literal["month", "hour"]
    quantity: Decimal
    price: Price | None
    idle_minutes: int | None = None
    item: str | None = None

    @property
    def usd(self) -> Decimal | None:
        """Cost per month or hour in USD; None if unknown."""
        return None if self.price is None else self.quantity * self.price.usd


def monthly(lines: Iterable[CostLine]) -> Decimal | None:
    """Return the cost of an idle month in USD; None if any price is unknown."""
    costs = [line.usd for line in lines if line.per == "month"]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None
