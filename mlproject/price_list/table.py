"""Write prices to prices.json, one line each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from mlproject.aws_rules.prices import ANY_REGION, TABLE, Price, load_prices
from mlproject.files import write_atomically


def save_prices(prices: Mapping[tuple[str, str], Price]) -> Path:
    """Replace the rows of these prices in prices.json, keep the others, and return the path.

    Args:
        prices: new prices by region and item. An equal price of every region is kept instead.

    Raises:
        UserError: the file cannot be written.
    """
    rows = {**load_prices(), **{key: price for key, price in prices.items() if not _is_known(key, price)}}
    about = json.loads(TABLE.read_text())["about"]
    lines = ",\n".join(f"    {_row(key, price)}" for key, price in rows.items())
    write_atomically(TABLE, f'{{\n  "about": {json.dumps(about)},\n  "prices": [\n{lines}\n  ]\n}}\n')
    load_prices.cache_clear()
    return TABLE


def _is_known(key: tuple[str, str], price: Price) -> bool:
    """Whether the table has the same price for every region, so that a row for one region adds nothing."""
    everywhere = load_prices().get((ANY_REGION, key[1]))
    return everywhere is not None and everywhere.usd == price.usd


def _row(key: tuple[str, str], price: Price) -> str:
    region, item = key
    values = [f'"{name}": {json.dumps(value)}' for name, value in (("region", region), ("item", item))]
    values.append(f'"usd": {price.usd:f}')
    rest = (("unit", price.unit), ("date", price.date), ("source", price.source))
    values += [f'"{name}": {json.dumps(value)}' for name, value in rest]
    return f"{{{', '.join(values)}}}"
