"""`mlproject pipeline`: build a pipeline's committed definition, or check whether it is up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the group `pipeline`."""
    group = typer.Typer(help="Build the committed definition of a pipeline, or check it.", no_args_is_help=True)
    group.command("build")(build)
    group.command("images")(images)
    app.add_typer(group, name="pipeline")


def build(
    name: Annotated[str | None, typer.Argument(help="A folder of pipelines/ (default: all).")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only check: exit with code 2 if a definition is stale or invalid.")
    ] = False,
) -> None:
    """Build definition.json with the SageMaker SDK, validate it, and write it with its hash."""
    from mlproject import definition  # imported here to keep the start of other commands fast
    from mlproject.definition import build as builder
    from mlproject.files import project_root

    root = project_root()
    names = [name] if name else list(definition.pipeline_names(root / "pipelines"))
    if check:
        _check([builder.pipeline_folder(each, root=root) for each in names])
        return
    for each in names:
        builder.pipeline_folder(each, root=root)
    if builder.write_images(root=root):
        print("images.json: changed")
    for each in names:
        changed = builder.build_definition(each, root=root)
        print(f"pipelines/{each}/definition.json: {'changed' if changed else 'unchanged'}")


def _check(folders: list[Path]) -> None:
    from mlproject.definition import check_definition, read_definition
    from mlproject.errors import UserError

    findings: list[str] = []
    for folder in folders:
        found = read_definition(folder)
        stale = found.staleness()
        findings += [stale] if stale else []
        findings += [f"{folder}: {finding}" for finding in check_definition(found.document)]
    if findings:
        raise UserError("\n".join(findings))
    for folder in folders:
        print(f"{folder.name}: fresh")


def images(
    region: Annotated[str | None, typer.Argument(help="A region (default: all).")] = None,
    write: Annotated[bool, typer.Option("--write", help="Update the table from the installed SDK first.")] = False,
) -> None:
    """Show the container images of AWS in a region, from the committed table."""
    from mlproject import definition
    from mlproject.definition import build as builder
    from mlproject.files import project_root

    if write:
        print(f"images.json: {'changed' if builder.write_images(root=project_root()) else 'unchanged'}")
    for each in [region] if region else definition.image_regions():
        found = definition.region_images(each)
        print(f"{each:18} {found.xgboost}\n{'':18} {found.sklearn}")
