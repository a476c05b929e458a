"""Print cost estimates as a table and as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from mlproject.costs import Assumptions, CostLine, Estimate, Total, total

_WIDTH_OF_FILES = 110


def print_estimates(project: str, estimates: Sequence[Estimate], assumptions: Assumptions, plot: Path | None) -> None:
    """Print a table of each environment, the assumptions, and the dates of the prices."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_FILES, highlight=False)
    for estimate in estimates:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
        table.add_column(f"{project} in {estimate.environment}, {estimate.region}", overflow="fold")
        table.add_column("unit price", justify="right", no_wrap=True)
        table.add_column("USD a month", justify="right", no_wrap=True)
        for name, lines in estimate.components.items():
            table.add_row(f"[bold]{name}[/bold]", "", f"[bold]{_format_total(total(lines))}[/bold]")
            for line in lines:
                table.add_row(f"  {line.what}", _format_price(line), _format_usd(line.usd))
        table.add_section()
        table.add_row("[bold]total[/bold]", "", f"[bold]{_format_total(total(estimate.lines))}[/bold]")
        console.print(table)
        if len(estimate.shared_by) > 1 and "network" in estimate.components:
            print(f"The network is shared by {', '.join(estimate.shared_by)}, and counted in full.")
    print("\n".join(_notes(estimates, assumptions)))
    if plot:
        print(f"Plot: {plot}")


def as_document(
    project: str, estimates: Sequence[Estimate], assumptions: Assumptions, plot: Path | None
) -> dict[str, Any]:
    """Return the estimates as a JSON document."""
    return {
        "project": project,
        "assumptions": {name: float(value) for name, value in asdict(assumptions).items()},
        "environments": [_environment(estimate) for estimate in estimates],
        "plot": str(plot) if plot else None,
    }


def _environment(estimate: Estimate) -> dict[str, Any]:
    return {
        "environment": estimate.environment,
        "region": estimate.region,
        "network_shared_by": list(estimate.shared_by),
        **_total_json(total(estimate.lines)),
        "components": [
            {"component": name, **_total_json(total(lines)), "lines": [_line(line) for line in lines]}
            for name, lines in estimate.components.items()
        ],
    }


def _total_json(sum_: Total) -> dict[str, Any]:
    return {"known_usd_per_month": round(float(sum_.usd), 2), "unknown_prices": sum_.unknown}


def _line(line: CostLine) -> dict[str, Any]:
    price = line.price
    return {
        "what": line.what,
        "item": line.item,
        "quantity": round(float(line.quantity), 4),
        "usd_per_month": None if line.usd is None else round(float(line.usd), 4),
        "price": {**asdict(price), "usd": float(price.usd)} if price else None,
    }


def _notes(estimates: Sequence[Estimate], assumptions: Assumptions) -> Iterator[str]:
    yield "Assumed, and changed with the options in parentheses:"
    yield f"  {assumptions.work_days:f} days a month with work in notebooks and clusters (--days)"
    yield f"  {assumptions.notebook_hours:f} h a day in each notebook (--hours), then the idle time until it stops"
    yield f"  {assumptions.cluster_hours:f} h a day on the cluster (--cluster-hours), then the idle time until it stops"
    yield f"  {assumptions.manual_runs:f} runs of the pipeline besides its schedule (--runs), each with every step"
    yield f"  {assumptions.step_minutes:f} minutes for each job (--step-minutes)"
    yield f"  {assumptions.data_gb:f} GB in the buckets (--data-gb)"
    yield "Not included: requests, logs, data transfer, discounts, taxes."
    lines = [line for estimate in estimates for line in estimate.lines]
    dates = sorted({line.price.date for line in lines if line.price and line.price.date[0].isdigit()})
    if dates:
        yield f"List prices from {dates[0]} to {dates[-1]}; --json shows the source of each, --refresh updates them."
    unknown = dict.fromkeys(line.item for line in lines if line.price is None and line.item)
    if unknown:
        yield f"Unknown prices, so the totals are lower limits: {', '.join(unknown)}."


def _format_total(sum_: Total) -> str:
    if not sum_.unknown:
        return f"{sum_.usd:.2f}"
    return f"over {sum_.usd:.2f}" if sum_.usd else "unknown"


def _format_price(line: CostLine) -> str:
    return f"{line.price.usd:f}" if line.price else ""


def _format_usd(usd: Decimal | None) -> str:
    return "unknown" if usd is None else f"{usd:.2f}"
