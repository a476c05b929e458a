"""`mlproject architecture`: one picture of what a project consists of in an environment, from its templates."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mlproject.architecture import Architecture


def register(app: typer.Typer) -> None:
    app.command(name="architecture")(architecture)


def architecture(
    project: Annotated[str, typer.Argument(help="A project's name, such as flights.")],
    environment: Annotated[str, typer.Option("--environment", "-e", help="One of environments.yaml, such as dev.")],
    output: Annotated[
        Path | None, typer.Option(help="Where the SVG goes; build/architecture/PROJECT-ENVIRONMENT.svg if not given.")
    ] = None,
    assembly: Annotated[Path | None, typer.Option(help="What `cdk synth` wrote; cdk.out if not given.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object; the picture is drawn only with --output.")
    ] = False,
) -> None:
    """Draw the architecture of a project in an environment, from the templates in cdk.out; show counts and idle costs.

    Nothing is drawn by hand: synthesize, and the picture shows what is deployed next. A note says so when cdk.out is
    older than the files that it is made from.
    """
    from mlproject.architecture import architecture_of, idle_by_stack, plan_of, read_assembly
    from mlproject.drawing import standalone
    from mlproject.files import project_root, write_atomically
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    platform = load_valid_parameters(root)
    deployment = platform.deployment(project, environment)
    folder = assembly or root / "cdk.out"
    synthesize = f"cdk synth --quiet --context project={project} --context environment={environment}"
    found = architecture_of(read_assembly(folder, (environment, deployment.names.path), remedy=synthesize))
    made = (folder / "manifest.json").stat().st_mtime
    newer = [path for path in _sources(root, project) if path.stat().st_mtime > made]
    if newer:
        changed = newer[0].relative_to(root)
        print(f"note: {changed} is newer than {folder}; run `{synthesize}` to draw it.", file=sys.stderr)
    picture = output or (None if as_json else root / "build" / "architecture" / f"{deployment.names.prefix}.svg")
    if picture:
        write_atomically(picture, standalone(plan_of(found, title=f"The architecture of {project} in {environment}")))
    costs = idle_by_stack(platform, deployment)
    if as_json:
        print(json.dumps(_data(project, environment, found, costs, picture), indent=2))
        return
    moment = datetime.fromtimestamp(made).astimezone()
    print(f"{project} in {environment}, from {folder} as synthesized on {moment:%Y-%m-%d at %H:%M}\n")
    print(_table(found, costs))
    print(f"\nThe picture: {picture}")


def _sources(root: Path, project: str) -> Iterator[Path]:
    """What the templates are made from, as far as teams edit it."""
    yield root / "environments.yaml"
    for folder in (root / "projects" / project, root / "stacks"):
        yield from sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".txt", ".py"))


def _table(found: Architecture, costs: dict[str, Decimal | None]) -> str:
    rows = [("stack", "resources", "idle, a month")]
    rows += [(stack.name, str(stack.resources), _dollars(costs.get(stack.name))) for stack in found.stacks]
    rows.append(("together", str(sum(stack.resources for stack in found.stacks)), _dollars(_sum(found, costs))))
    wide = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(f"  {name:<{wide[0]}}  {count:>{wide[1]}}  {cost:>{wide[2]}}" for name, count, cost in rows)


def _sum(found: Architecture, costs: dict[str, Decimal | None]) -> Decimal | None:
    known = [costs.get(stack.name) for stack in found.stacks]
    return None if any(cost is None for cost in known) else sum((cost for cost in known if cost), Decimal(0))


def _dollars(cost: Decimal | None) -> str:
    return "unknown" if cost is None else f"{cost:.2f} USD"


def _data(
    project: str, environment: str, found: Architecture, costs: dict[str, Decimal | None], picture: Path | None
) -> dict[str, object]:
    from dataclasses import asdict

    def with_cost(name: str, content: dict[str, object]) -> dict[str, object]:
        cost = costs.get(name)
        return {**content, "idle_usd_per_month": None if cost is None else float(cost)}

    return {
        "project": project,
        "environment": environment,
        "stacks": [with_cost(stack.name, {"resources": stack.resources, **asdict(stack)}) for stack in found.stacks],
        "outside": [asdict(thing) for thing in found.outside],
        "links": [asdict(link) for link in found.links],
        "picture": str(picture) if picture else None,
    }
