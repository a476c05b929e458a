"""Look up prices in AWS's Price List API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.aws_rules.prices import Price
from mlproject.price_list.products import PriceNotFoundError, read_price
from mlproject.price_list.queries import Query, query_for

# One of the regions in which the Price List API has an endpoint; it answers for every region:
# https://docs.aws.amazon.com/general/latest/gr/billing.html (AWS Price List)
API_REGION = "us-east-1"

Item = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class RefreshResult:
    """The outcome of looking up prices.

    Args:
        prices: the prices found, by region and item.
        not_found: why a price was not found, by region and item.
    """

    prices: Mapping[Item, Price]
    not_found: Mapping[Item, str]


def refresh_prices(client: Any, items: Iterable[Item]) -> RefreshResult:
    """Look up the current prices of items.

    Args:
        client: boto3 client of `pricing` in `API_REGION`.
        items: pairs of region and item, such as `("eu-west-1", "notebook/ml.t3.medium")`.
    """
    prices: dict[Item, Price] = {}
    not_found: dict[Item, str] = {}
    for region, item in items:
        query = query_for(item)
        if query is None:
            not_found[region, item] = "this price is not looked up"
            continue
        try:
            prices[region, item] = read_price(_products(client, query, region), query)
        except PriceNotFoundError as error:
            not_found[region, item] = str(error)
    return RefreshResult(prices=prices, not_found=not_found)


def _products(client: Any, query: Query, region: str) -> list[str]:
    pages = client.get_paginator("get_products").paginate(
        ServiceCode=query.service, FormatVersion="aws_v1", Filters=query.filters(region)
    )
    return [product for page in pages for product in page["PriceList"]]
