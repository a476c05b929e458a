"""Print instance types as a table and as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from mlproject.aws_rules.prices import Price, PriceTable
from mlproject.instances import REGION_LISTS, SOURCES, USES, InstanceType, successor
from mlproject.instances.catalogue import Accelerator

_WIDTH_OF_FILES = 160


@dataclass(frozen=True, kw_only=True)
class RegionalPrices:
    """The known prices of a region.

    Args:
        region: such as `eu-west-1`.
        table: prices of all regions.
    """

    region: str
    table: PriceTable

    def of(self, use: str, instance_type: InstanceType) -> Price | None:
        """Return the price of an hour; None if it is unknown."""
        return self.table.price(f"{use}/{instance_type.name}", region=self.region)


def print_types(found: Sequence[InstanceType], columns: Iterable[str], prices: RegionalPrices) -> None:
    """Print a table with a column of prices for each use, and where its values come from."""
    # A table in a file or a pipe must not lose columns to the width of a terminal that is not there.
    console = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_FILES, highlight=False)
    console.print(_table(found, columns, prices))
    print("\n".join(_notes(found, prices)))


def _table(found: Iterable[InstanceType], columns: Iterable[str], prices: RegionalPrices) -> Table:

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("type", no_wrap=True)
    table.add_column("vCPU", justify="right")
    table.add_column("GiB", justify="right")
    table.add_column("accelerators", no_wrap=True)
    table.add_column("generation")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("replaced by", no_wrap=True)
    for each in found:
        newer = successor(each)
        table.add_row(
            each.name,
            "unknown" if each.vcpus is None else str(each.vcpus),
            "unknown" if each.memory_gib is None else f"{each.memory_gib:g}",
            ", ".join(map(_describe, each.accelerators)),
            {True: "current", False: "previous", None: "unknown"}[each.is_current],
            *(_price_cell(each, column, prices) for column in columns),
            newer.name if newer else "",
        )
    return table


def _describe(accelerator: Accelerator) -> str:
    memory = "" if accelerator.memory_gib is None else f" ({accelerator.memory_gib} GiB)"
    return f"{accelerator.count} x {accelerator.name}{memory}"


def _price_cell(instance_type: InstanceType, use: str, prices: RegionalPrices) -> str:
    if use not in instance_type.uses or _is_elsewhere(instance_type, use, prices):
        return "-"
    found = prices.of(use, instance_type)
    return f"{found.usd:f}" if found else "unknown"


def _is_elsewhere(instance_type: InstanceType, use: str, prices: RegionalPrices) -> bool:
    """Whether AWS's price list has the type for this use, but not in this region."""
    lists = REGION_LISTS.get(use, {})
    return (
        prices.region in lists
        and instance_type.name not in lists[prices.region]
        and any(instance_type.name in types for types in lists.values())
    )


def _notes(found: Iterable[InstanceType], prices: RegionalPrices) -> Iterator[str]:
    yield f"Prices: USD per hour on demand in {prices.region}; `mlproject cost PROJECT --refresh` updates a project's."
    known = (prices.of(use, each) for each in found for use in USES)
    dates = sorted({price.date for price in known if price})
    if dates:
        span = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
        yield f"The known ones date from {span}; --json shows the source of each."
    yield "Only for processing is it known whether the region has a type; the other columns show what the API accepts."


def as_document(found: Iterable[InstanceType], prices: RegionalPrices) -> dict[str, Any]:
    return {"region": prices.region, "sources": dict(SOURCES), "types": [_as_json(each, prices) for each in found]}


def _as_json(instance_type: InstanceType, prices: RegionalPrices) -> dict[str, Any]:
    uses = [use for use in USES if use in instance_type.uses]
    newer = successor(instance_type)
    return {
        "type": instance_type.name,
        "vcpus": instance_type.vcpus,
        "memory_gib": instance_type.memory_gib,
        "accelerators": [
            {"name": each.name, "count": each.count, "memory_gib": each.memory_gib, "gpu": each.is_gpu}
            for each in instance_type.accelerators
        ],
        "current_generation": instance_type.is_current,
        "uses": {use: _price_json(instance_type, use, prices) for use in uses},
        "replaced_by": newer.name if newer else None,
    }


def _price_json(instance_type: InstanceType, use: str, prices: RegionalPrices) -> dict[str, Any]:

    found = prices.of(use, instance_type)
    lists = REGION_LISTS.get(use, {})
    return {
        "in_region": instance_type.name in lists[prices.region] if prices.region in lists else None,
        "usd_per_hour": float(found.usd) if found else None,
        "date": found.date if found else None,
        "source": found.source if found else None,
    }
