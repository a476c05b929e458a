"""`mlproject instances`: list the instance types of SageMaker with hardware, uses and known prices."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mlproject.errors import UserError

if TYPE_CHECKING:
    from rich.table import Table

    from mlproject.instances import InstanceType
    from mlproject.instances.catalogue import Accelerator, Use

_PROJECT_USES = ("notebook", "training", "processing")


def register(app: typer.Typer) -> None:
    """Add the command `instances`."""
    app.command("instances")(instances)


def instances(
    types: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TYPE]...", help="Only these types, such as ml.m4.xlarge, also if they are no longer available."
        ),
    ] = None,
    *,
    use: Annotated[
        Literal["notebook", "training", "processing", "hosting"] | None,
        typer.Option(help="Only types for this use. Default: notebooks, training or processing."),
    ] = None,
    gpu: Annotated[bool, typer.Option("--gpu", help="Only types with a GPU.")] = False,
    memory: Annotated[
        float | None, typer.Option(metavar="GB", help="Only types with at least this memory, in GiB.")
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(help="The region of the prices. Default: that of the first environment in environments.yaml."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with all sources.")] = False,
) -> None:
    """List instance types with vCPUs, memory, accelerators and price per hour, and what replaces older ones.

    In the columns of prices, a dash means that the type cannot be used so, or not in this region.
    """
    from mlproject.instances import find_types, select_types

    if memory is not None and not 0 < memory < float("inf"):
        raise UserError(f"--memory {memory:g}: give a number of GiB above 0, such as --memory 32.")
    place = _validated_region(region) if region else _default_region()
    if types:
        if use or gpu or memory is not None:
            raise UserError("name types, or select them with --use, --gpu and --memory, but not both.")
        found = find_types(types)
    else:
        found = select_types(use=use, gpu=gpu, memory_gib=memory)
    columns = (use,) if use else (*_PROJECT_USES, *(("hosting",) if types else ()))
    if as_json:
        print(json.dumps(_document(found, place), indent=2))
    elif not found:
        raise UserError("no instance type meets these requirements. Ask for less memory or another use.", exit_code=1)
    else:
        _print(_table(found, columns, place), _notes(found, place))


def _validated_region(region: str) -> str:
    from mlproject.parameters.findings import closest_match
    from mlproject.parameters.tables.regions import REGIONS

    if region not in REGIONS:
        near = closest_match(region, REGIONS)
        hint = f" Did you mean {near}?" if near else ""
        raise UserError(f"--region {region}: not a region of SageMaker.{hint}")
    return region


def _default_region() -> str:
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    return next(iter(load_valid_parameters(project_root()).environments.values())).region


def _table(found: Iterable[InstanceType], columns: Iterable[str], region: str) -> Table:
    from rich import box
    from rich.table import Table

    from mlproject.instances import successor

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
            *(_price_cell(each, column, region) for column in columns),
            newer.name if newer else "",
        )
    return table


def _print(table: Table, notes: Iterable[str]) -> None:
    from rich.console import Console

    # A table in a file or a pipe must not lose columns to the width of a terminal that is not there.
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    console.print(table)
    for note in notes:
        print(note)


def _describe(accelerator: Accelerator) -> str:
    memory = "" if accelerator.memory_gib is None else f" ({accelerator.memory_gib} GiB)"
    return f"{accelerator.count} x {accelerator.name}{memory}"


def _price_cell(instance_type: InstanceType, use: str, region: str) -> str:
    from mlproject.aws_rules.prices import price

    if use not in instance_type.uses or _is_elsewhere(instance_type, use, region):
        return "-"
    found = price(f"{use}/{instance_type.name}", region=region)
    return f"{found.usd:f}" if found else "unknown"


def _is_elsewhere(instance_type: InstanceType, use: str, region: str) -> bool:
    """Whether AWS's price list has the type for this use, but not in this region."""
    from mlproject.instances import REGION_LISTS

    lists = REGION_LISTS.get(use, {})
    return (
        region in lists
        and instance_type.name not in lists[region]
        and any(instance_type.name in types for types in lists.values())
    )


def _notes(found: Iterable[InstanceType], region: str) -> Iterator[str]:
    from mlproject.aws_rules.prices import price
    from mlproject.instances import USES

    yield f"Prices: USD per hour on demand in {region}. `mlproject cost PROJECT --refresh` updates those of a project."
    prices = (price(f"{use}/{each.name}", region=region) for each in found for use in USES)
    dates = sorted({known.date for known in prices if known})
    if dates:
        span = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
        yield f"The known ones date from {span}; --json shows the source of each."
    yield "Whether a region offers a type is known for processing only; for the others, what the API accepts."


def _document(found: Iterable[InstanceType], region: str) -> dict[str, Any]:
    from mlproject.instances import SOURCES

    return {"region": region, "sources": dict(SOURCES), "types": [_as_json(each, region) for each in found]}


def _as_json(instance_type: InstanceType, region: str) -> dict[str, Any]:
    from mlproject.instances import USES, successor

    uses: list[Use] = [use for use in USES if use in instance_type.uses]
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
        "uses": {use: _price_json(instance_type, use, region) for use in uses},
        "replaced_by": newer.name if newer else None,
    }


def _price_json(instance_type: InstanceType, use: str, region: str) -> dict[str, Any]:
    from mlproject.aws_rules.prices import price
    from mlproject.instances import REGION_LISTS

    found = price(f"{use}/{instance_type.name}", region=region)
    lists = REGION_LISTS.get(use, {})
    return {
        "in_region": instance_type.name in lists[region] if region in lists else None,
        "usd_per_hour": float(found.usd) if found else None,
        "date": found.date if found else None,
        "source": found.source if found else None,
    }
