"""Read on-demand prices from the products that GetProducts returns.

https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from mlproject.aws_rules.prices import Price
from mlproject.price_list.queries import Query


class PriceNotFoundError(Exception):
    """The products contain no price, or several; the message says which."""


def read_price(products: Iterable[str], query: Query) -> Price:
    """Return the on-demand price of the only product that matches.

    Args:
        products: the strings in `PriceList` of the answer, each a JSON document.
        query: what is sought.

    Raises:
        PriceNotFoundError: no product has a price, or products have different prices.
    """
    found = [price for text in products if (price := _price(json.loads(text), query))]
    amounts = sorted({price.usd for price in found})
    if not amounts:
        raise PriceNotFoundError("the price list has no such price")
    if len(amounts) > 1:
        raise PriceNotFoundError(f"the price list has several prices: {', '.join(f'{usd:f}' for usd in amounts)}")
    return found[0]


def _price(product: Mapping[str, Any], query: Query) -> Price | None:
    """Return the price of a product; None for another product, or one that is free or has no price in USD."""
    description = product.get("product", {})
    if not query.matches(description.get("attributes", {})):
        return None
    # The rest are reservations and savings plans.
    terms = product.get("terms", {}).get("OnDemand", {}).values()
    amounts = {usd for term in terms for usd in _first_tier(term)}
    if len(amounts) != 1:
        return None
    return Price(
        usd=amounts.pop(),
        unit=query.unit,
        date=str(product["publicationDate"])[: len("2026-01-01")],
        source=f"AWS Price List API, offer {query.service}, SKU {description['sku']}",
    )


def _first_tier(term: Mapping[str, Any]) -> Iterator[Decimal]:
    """Yield the price that applies from the first unit on. Larger quantities can be cheaper."""
    for dimension in term.get("priceDimensions", {}).values():
        try:
            usd = Decimal(dimension["pricePerUnit"]["USD"])
        except (KeyError, InvalidOperation):
            continue
        if usd > 0 and dimension.get("beginRange", "0") == "0":
            yield usd.normalize()
