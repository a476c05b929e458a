"""List prices of AWS, each with its source and date: the product's from prices.json, which a platform can replace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("prices.json")
ANY_REGION = "any"


@dataclass(frozen=True, kw_only=True)
class Price:
    """On-demand list price, without discounts and free tier.

    Args:
        usd: price of one unit in USD.
        unit: such as `GB and month`.
        date: date of the price, such as `2026-09-14`, or `not stated`.
        source: URL of the price.
    """

    usd: Decimal
    unit: str
    date: str
    source: str


@dataclass(frozen=True, kw_only=True)
class PriceTable:
    """Known prices.

    Args:
        rows: prices by region (or ANY_REGION) and item.
    """

    rows: Mapping[tuple[str, str], Price]

    def price(self, item: str, *, region: str) -> Price | None:
        """Return the price of an item in a region, or None if the price is unknown.

        Args:
            item: such as `kms-key` or `ec2/m5.xlarge`.
            region: such as `eu-west-1`.
        """
        return self.rows.get((region, item)) or self.rows.get((ANY_REGION, item))


def price(item: str, *, region: str) -> Price | None:
    """Return the product's price of an item in a region, or None if the price is unknown."""
    return product_prices().price(item, region=region)


@cache
def product_prices() -> PriceTable:
    """Return the prices that the product knows."""
    rows = json.loads(TABLE.read_text(), parse_float=Decimal)["prices"]
    prices = {
        (row["region"], row["item"]): Price(
            usd=Decimal(row["usd"]), unit=row["unit"], date=row["date"], source=row["source"]
        )
        for row in rows
    }
    return PriceTable(rows=prices)
