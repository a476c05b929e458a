"""One line of a list of costs, and the sum of such lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from mlproject.aws_rules.prices import Price

# What AWS's own calculator takes for a month: https://docs.aws.amazon.com/pricing-calculator/latest/userguide/
HOURS_PER_MONTH = 730


@dataclass(frozen=True, kw_only=True)
class CostLine:
    """What some resources of a stack cost.

    Args:
        stack: such as `dev/flights/storage`.
        what: which resources, in words.
        per: `month` for what is paid as long as it exists, `hour` for what is paid while it runs and not while idle.
        quantity: how many units of the price a month or an hour takes.
        price: of one unit; None if it is not known.
    """

    stack: str
    what: str
    per: Literal["month", "hour"]
    quantity: Decimal
    price: Price | None

    @property
    def usd(self) -> Decimal | None:
        """The cost of a month or an hour in USD; None if it is not known."""
        return None if self.price is None else self.quantity * self.price.usd


def monthly(lines: Iterable[CostLine]) -> Decimal | None:
    """What a month costs while nobody uses anything, in USD; None as soon as one price is not known."""
    costs = [line.usd for line in lines if line.per == "month"]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None
