"""The prices of a platform: its own file prices.json beside environments.yaml, then those of the product."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mlproject.aws_rules.prices import Price, PriceTable, product_prices
from mlproject.errors import UserError
from mlproject.files import write_atomically

FILE = "prices.json"


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    region: str
    item: str
    usd: Annotated[Decimal, Field(gt=0)]
    unit: str
    date: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str
    prices: tuple[_Row, ...]


_ABOUT = "Prices from AWS's Price List API, which replace those of mlproject. Written by `mlproject cost --refresh`."


def read_prices(root: Path) -> PriceTable:
    """Return the known prices of a checkout.

    Raises:
        UserError: its file prices.json cannot be read or is invalid.
    """
    return PriceTable(rows={**product_prices().rows, **_read_file(root / FILE)})


def save_prices(root: Path, prices: Mapping[tuple[str, str], Price]) -> Path:
    """Add prices to prices.json, in place of older ones, and return the path.

    Args:
        root: the checkout.
        prices: new prices by region and item.

    Raises:
        UserError: the file is invalid or cannot be written.
    """
    path = root / FILE
    rows = {**_read_file(path), **prices}
    lines = ",\n".join(f"    {_line(region, item, rows[region, item])}" for region, item in sorted(rows))
    write_atomically(path, f'{{\n  "about": {json.dumps(_ABOUT)},\n  "prices": [\n{lines}\n  ]\n}}\n')
    return path


def _read_file(path: Path) -> dict[tuple[str, str], Price]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read ({error}).") from error
    try:
        rows = _File.model_validate_json(text).prices
    except ValidationError as error:
        raise UserError(
            f"{path}: {_describe(error)}. Correct it, or delete the file and run `mlproject cost PROJECT --refresh`."
        ) from error
    return {(row.region, row.item): Price(usd=row.usd, unit=row.unit, date=row.date, source=row.source) for row in rows}


def _describe(error: ValidationError) -> str:
    """Return the location and the message of the first error, such as `prices.3.usd: Input should be ...`."""
    first = error.errors()[0]
    location = ".".join(map(str, first["loc"]))
    return f"{location}: {first['msg']}" if location else str(first["msg"])


def _line(region: str, item: str, price: Price) -> str:
    """Return a row on one line, which keeps the differences of an update readable."""
    start = json.dumps({"region": region, "item": item}).removesuffix("}")
    end = json.dumps({"unit": price.unit, "date": price.date, "source": price.source}).removeprefix("{")
    return f'{start}, "usd": {price.usd:f}, {end}'
