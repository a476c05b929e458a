"""`mlproject architecture`: draw a project's architecture in an environment from its templates."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument

if TYPE_CHECKING:
    from mlproject.architecture import Architecture, StackContent


def register(app: typer.Typer) -> None:
    app.command(name="architecture")(architecture)


def architecture(
    project: ProjectArgument,
    environment: EnvironmentOption,
    output: Annotated[
        Path | None, typer.Option(help="The SVG file (default: build/architecture/PROJECT-ENVIRONMENT.svg).")
    ] = None,
    assembly: Annotated[Path | None, typer.Option(help="The output folder of `cdk synth` (default: cdk.out).")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object, and draw the picture only with --output.")
    ] = False,
) -> None:
    """Draw the architecture of a project in an environment from the templates in cdk.out, and print idle costs.

    The picture shows what the next deployment of these templates contains. Run `cdk synth` to update it. A note tells
    you if cdk.out is older than its sources.
    """
    from mlproject.architecture import build_architecture, build_plan, idle_costs_by_stack, read_assembly
    from mlproject.drawing import build_svg
    from mlproject.files import project_root, write_atomically
    from mlproject.parameters import load_valid_parameters
    from mlproject.price_list import read_prices

    root = project_root()
    platform = load_valid_parameters(root)
    deployment = platform.deployment(project, environment)
    folder = assembly or root / "cdk.out"
    synthesize = f"cdk synth --quiet --context project={project} --context environment={environment}"
    content = build_architecture(read_assembly(folder, (environment, deployment.names.path), remedy=synthesize))
    synthesized = (folder / "manifest.json").stat().st_mtime
    newer = [path for path in _sources(root, project) if path.stat().st_mtime > synthesized]
    if newer:
        changed = newer[0].relative_to(root)
        print(f"note: {changed} is newer than {folder}; run `{synthesize}` to draw it.", file=sys.stderr)
    picture = output or (None if as_json else root / "build" / "architecture" / f"{deployment.names.prefix}.svg")
    if picture:
        write_atomically(
            picture, build_svg(build_plan(content, title=f"The architecture of {project} in {environment}"))
        )
    costs = idle_costs_by_stack(platform, deployment, read_prices(root))
    if as_json:
        print(json.dumps(_as_json(project, environment, content, costs, picture), indent=2))
        return
    moment = datetime.fromtimestamp(synthesized).astimezone()
    print(f"{project} in {environment}, from {folder}, synthesized on {moment:%Y-%m-%d at %H:%M}\n")
    print(_table(content, costs))
    print(f"\nPicture: {picture}")


def _sources(root: Path, project: str) -> Iterator[Path]:
    """The files that teams edit and from which the templates are synthesized."""
    yield root / "environments.yaml"
    for folder in (root / "projects" / project, root / "stacks"):
        yield from sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".txt", ".py"))


def _table(content: Architecture, costs: dict[str, Decimal | None]) -> str:
    rows = [("stack", "resources", "idle per month")]
    rows += [(stack.name, str(stack.resources), _dollars(costs.get(stack.name))) for stack in content.stacks]
    rows.append(("total", str(sum(stack.resources for stack in content.stacks)), _dollars(_total(content, costs))))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(f"  {name:<{widths[0]}}  {count:>{widths[1]}}  {cost:>{widths[2]}}" for name, count, cost in rows)


def _total(content: Architecture, costs: dict[str, Decimal | None]) -> Decimal | None:
    known = [costs.get(stack.name) for stack in content.stacks]
    return None if any(cost is None for cost in known) else sum((cost for cost in known if cost), Decimal(0))


def _dollars(cost: Decimal | None) -> str:
    return "unknown" if cost is None else f"{cost:.2f} USD"


def _as_json(
    project: str, environment: str, content: Architecture, costs: dict[str, Decimal | None], picture: Path | None
) -> dict[str, object]:
    from dataclasses import asdict

    def describe(stack: StackContent) -> dict[str, object]:
        cost = costs.get(stack.name)
        return {
            "resources": stack.resources,
            "name": stack.name,
            "things": [asdict(node) for node in stack.nodes],
            "types": stack.types,
            "others": stack.others,
            "idle_usd_per_month": None if cost is None else float(cost),
        }

    return {
        "project": project,
        "environment": environment,
        "stacks": [describe(stack) for stack in content.stacks],
        "outside": [asdict(node) for node in content.outside],
        "links": [asdict(link) for link in content.links],
        "picture": str(picture) if picture else None,
    }
