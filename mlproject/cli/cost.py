"""`mlproject cost`: estimate the monthly cost of a project by environment and component."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import ProjectArgument
from mlproject.cli.common.completion import complete_environment
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.costs import Assumptions, Estimate
    from mlproject.parameters import Deployment, Platform

_HOURS_PER_DAY = 24
_DAYS_PER_MONTH = 31
# Our limits: larger numbers are typing errors.
_RUNS_LIMIT, _MINUTES_LIMIT, _GB_LIMIT = 100_000, 28 * 24 * 60, 10_000_000


def register(app: typer.Typer) -> None:
    """Add the command `cost`."""
    app.command("cost")(cost)


def cost(
    project: ProjectArgument,
    *,
    environment: Annotated[
        str | None,
        typer.Option(
            "--environment",
            "-e",
            help="Only this environment. Default: every environment of the project on AWS.",
            autocompletion=complete_environment,
            show_default=False,
        ),
    ] = None,
    days: Annotated[float, typer.Option(help="Assumption: days a month with work in notebooks and clusters.")] = 21,
    hours: Annotated[float, typer.Option(help="Assumption: hours of work in each notebook on such a day.")] = 4,
    cluster_hours: Annotated[float, typer.Option(help="Assumption: hours of work on the cluster on such a day.")] = 1,
    runs: Annotated[
        float, typer.Option(help="Assumption: runs of the pipeline a month in addition to its schedule.")
    ] = 10,
    step_minutes: Annotated[float, typer.Option(help="Assumption: minutes that each job of a pipeline takes.")] = 5,
    data_gb: Annotated[float, typer.Option("--data-gb", help="Assumption: GB in the project's buckets.")] = 10,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Also draw the costs as an SVG file.", show_default=False)
    ] = None,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="First update the prices from AWS's Price List API (needs credentials).")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object with the source of each price.")
    ] = False,
) -> None:
    """Estimate what a project costs a month, by environment and component, from its parameters and list prices.

    The estimate needs no AWS account. Where a price is unknown, it says so, and the sum is a lower limit. Requests,
    logs, data transfer, discounts and taxes are not included.
    """
    from mlproject.cli.common.cost_output import as_document, print_estimates
    from mlproject.files import project_root, write_atomically
    from mlproject.parameters import load_valid_parameters

    assumptions = _assumptions(
        {
            "--days": (days, _DAYS_PER_MONTH),
            "--hours": (hours, _HOURS_PER_DAY),
            "--cluster-hours": (cluster_hours, _HOURS_PER_DAY),
            "--runs": (runs, _RUNS_LIMIT),
            "--step-minutes": (step_minutes, _MINUTES_LIMIT),
            "--data-gb": (data_gb, _GB_LIMIT),
        }
    )
    if plot and plot.suffix != ".svg":
        raise UserError(f"--plot {plot}: only SVG is drawn. Give a file that ends with .svg, which browsers open.")
    root = project_root()
    platform = load_valid_parameters(root)
    deployments = _deployments(platform, project, environment)
    estimates = [_estimate(root, platform, each, assumptions) for each in deployments]
    if refresh:
        _refresh(root, estimates)
        estimates = [_estimate(root, platform, each, assumptions) for each in deployments]
    if plot:
        from mlproject.costs.chart import build_cost_chart

        write_atomically(plot, build_cost_chart(project, estimates))
    if as_json:
        print(json.dumps(as_document(project, estimates, assumptions, plot), indent=2))
    else:
        print_estimates(project, estimates, assumptions, plot)


def _assumptions(options: Mapping[str, tuple[float, int]]) -> Assumptions:
    """Return the assumptions, after checking each option against its upper limit."""
    from mlproject.costs import Assumptions

    for option, (value, limit) in options.items():
        if not 0 <= value <= limit:
            raise UserError(f"{option} {value:g}: give a number from 0 to {limit}.")
    values = {option: Decimal(str(value)).normalize() for option, (value, _) in options.items()}
    return Assumptions(
        work_days=values["--days"],
        notebook_hours=values["--hours"],
        cluster_hours=values["--cluster-hours"],
        manual_runs=values["--runs"],
        step_minutes=values["--step-minutes"],
        data_gb=values["--data-gb"],
    )


def _deployments(platform: Platform, project: str, environment: str | None) -> Sequence[Deployment]:
    """Return the deployments to estimate: without an environment, those on AWS, or all if there are no others."""
    import embedded_aws

    if environment:
        return (platform.deployment(project, environment),)
    every = platform.deployments(project=project)
    return [each for each in every if each.environment.account != embedded_aws.ACCOUNT] or every


def _estimate(root: Path, platform: Platform, deployment: Deployment, assumptions: Assumptions) -> Estimate:
    from mlproject.cli.common.deployed_definition import read_deployed_definition
    from mlproject.costs import estimate_costs
    from mlproject.price_list import read_prices

    return estimate_costs(
        deployment,
        platform.deployments(environment=deployment.environment.name),
        read_deployed_definition(root, deployment),
        assumptions,
        read_prices(root),
    )


def _refresh(root: Path, estimates: Sequence[Estimate]) -> None:
    """Update the prices that the estimates need, and report those that were not found to standard error."""
    import sys

    from botocore.exceptions import EndpointConnectionError

    from mlproject.cli.common.session import create_pricing_client, reporting_aws_errors
    from mlproject.price_list import API_REGION, refresh_prices, save_prices

    items = dict.fromkeys(
        (each.region, line.item) for each in estimates for line in each.lines if line.item is not None
    )
    client = create_pricing_client(API_REGION)
    action = "updating prices"
    with reporting_aws_errors(action):
        try:
            result = refresh_prices(client, items)
        except EndpointConnectionError as error:
            raise UserError(
                f"{action}: AWS cannot be reached ({error}). Check the network.", exit_code=1, topic="aws-unreachable"
            ) from error
    if not result.prices:
        raise UserError(
            f"{action}: AWS's price list has none of the {len(items)} prices.", exit_code=1, topic="prices-unavailable"
        )
    path = save_prices(root, result.prices)
    print(f"{len(result.prices)} of {len(items)} prices updated in {path}. Commit the file.", file=sys.stderr)
    for (region, item), reason in result.not_found.items():
        print(f"  {item} in {region} is unchanged: {reason}", file=sys.stderr)
