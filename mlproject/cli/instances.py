"""`mlproject instances`: list the instance types of SageMaker with hardware, uses and known prices."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.instances_output import RegionalPrices

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
    from mlproject.cli.common.instances_output import as_document, print_types
    from mlproject.instances import find_types, select_types

    if memory is not None and not 0 < memory < float("inf"):
        raise UserError(f"--memory {memory:g}: give a number of GiB above 0, such as --memory 32.")
    prices = _regional_prices(region)
    if types:
        if use or gpu or memory is not None:
            raise UserError("name types, or select them with --use, --gpu and --memory, but not both.")
        found = find_types(types)
    else:
        found = select_types(use=use, gpu=gpu, memory_gib=memory)
    columns = (use,) if use else (*_PROJECT_USES, *(("hosting",) if types else ()))
    if as_json:
        print(json.dumps(as_document(found, prices), indent=2))
    elif not found:
        raise UserError("no instance type meets these requirements. Ask for less memory or another use.", exit_code=1)
    else:
        print_types(found, columns, prices)


def _regional_prices(region: str | None) -> RegionalPrices:
    """Return the prices of a region, or of the first environment's. A region alone needs no checkout."""
    from mlproject.aws_rules.prices import product_prices
    from mlproject.cli.common.instances_output import RegionalPrices
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters
    from mlproject.price_list import read_prices

    if region:
        _check_region(region)
    try:
        root = project_root()
    except UserError:
        if region is None:
            raise
        return RegionalPrices(region=region, table=product_prices())
    place = region or next(iter(load_valid_parameters(root).environments.values())).region
    return RegionalPrices(region=place, table=read_prices(root))


def _check_region(region: str) -> None:
    from mlproject.parameters.findings import closest_match
    from mlproject.parameters.tables.regions import REGIONS

    if region not in REGIONS:
        near = closest_match(region, REGIONS)
        hint = f" Did you mean {near}?" if near else ""
        raise UserError(f"--region {region}: not a region of SageMaker.{hint}")
