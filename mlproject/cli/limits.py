"""`mlproject limits`: compare the stacks of the platform with limits of AWS."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.completion import complete_environment

if TYPE_CHECKING:
    from mlproject.limits import Usage

# A table in a file or a pipe must not lose columns to the width of a terminal that is not there.
_WIDTH_OF_FILES = 160


def register(app: typer.Typer) -> None:
    """Add the command `limits`."""
    app.command("limits")(limits)


def limits(
    *,
    environment: Annotated[
        str | None,
        typer.Option(
            "--environment",
            "-e",
            help="Only this environment. Default: all of them, also those that share an account.",
            autocompletion=complete_environment,
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list: the use of every limit.")] = False,
) -> None:
    """Compare all stacks with the limits of CloudFormation and IAM, and with the default quotas of their accounts.

    Warns from 80 % of a limit. Exit code 1 if a limit is exceeded that AWS does not raise. Synthesizes what has
    changed, and needs no credentials: `mlproject preflight` reads the quotas of an account and what it contains.
    """
    from mlproject.cli.common.cdk import CdkCli
    from mlproject.cli.common.synthesis import Selection
    from mlproject.deployment import read_stacks
    from mlproject.files import project_root
    from mlproject.limits import PlacedTemplate, account_usage, stack_usage
    from mlproject.parameters import load_parameters

    root = project_root()
    platform = load_parameters(root)
    # Raises for an unknown environment.
    platform.deployments(environment=environment)
    with tempfile.TemporaryDirectory(prefix="mlproject-limits-") as folder:
        cdk = CdkCli(root=root, variables={}, isolated=True)
        cdk.synthesize(Path(folder), validate=False, **Selection(environment=environment).context)
        stacks = read_stacks(Path(folder))
    usage = [each for stack in stacks for each in stack_usage(stack.path, stack.template)]
    usage += account_usage(
        PlacedTemplate(account=place.account, region=place.region, template=stack.template)
        for stack in stacks
        if (place := platform.environments.get(stack.path.partition("/")[0]))
    )
    if as_json:
        print(json.dumps([{**asdict(each), "share": round(each.share, 3)} for each in usage], indent=2))
    else:
        _print(usage)
    if any(each.share > 1 and not each.limit.adjustable for each in usage):
        raise typer.Exit(1)


def _print(usage: Sequence[Usage]) -> None:
    """Print the highest use of each limit, and a warning for each that is close."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for title, right in (("limit", False), ("used", True), ("of", True), ("", True), ("most used by", False)):
        table.add_column(title, justify="right" if right else "left")
    highest: dict[str, Usage] = {}
    for each in sorted(usage, key=lambda each: -each.share):
        highest.setdefault(each.limit.name, each)
    for each in highest.values():
        table.add_row(each.limit.name, f"{each.count:,}", f"{each.limit.value:,}", f"{each.share:.0%}", each.subject)
    Console(width=None if sys.stdout.isatty() else _WIDTH_OF_FILES, highlight=False).print(table)
    close = [each for each in usage if each.is_close]
    for each in close:
        print(f"Warning: {_describe(each)}", file=sys.stderr)
    if not close:
        print("Every stack and account is below 80 % of each limit.")


def _describe(usage: Usage) -> str:
    limit = usage.limit
    remedy = (
        f"Request a higher quota ({limit.page}), or use another account"
        if limit.adjustable
        else f"AWS does not raise this limit ({limit.page}). Split the project"
    )
    return f"{usage.subject}: {usage.count:,} of {limit.value:,} {limit.name}. {remedy}."
