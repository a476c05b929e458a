"""`mlproject pipeline`: build a pipeline's committed definition, or check whether it is up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mlproject.cli.common.arguments import DataOption, TargetOption
from mlproject.cli.common.completion import complete_pipeline


def register(app: typer.Typer) -> None:
    """Add the group `pipeline`."""
    group = typer.Typer(help="Create a pipeline, build its committed definition, or check it.", no_args_is_help=True)
    group.command("new")(new)
    group.command("build")(build)
    group.command("images")(images)
    app.add_typer(group, name="pipeline")


def new(
    name: Annotated[str, typer.Argument(help="The folder to create in pipelines/, such as wine.")],
    data: DataOption = None,
    target: TargetOption = None,
) -> None:
    """Create a pipeline with a data set, for an existing project. Either everything is created, or nothing."""
    from datetime import UTC, datetime

    from mlproject.cli.common.new_project import require_data_folder
    from mlproject.cli.common.validation import validate_checkout
    from mlproject.errors import UserError
    from mlproject.files import project_root
    from mlproject.templates import OwnData, create_pipeline

    root, now = project_root(), datetime.now(UTC)
    require_data_folder(data, target)
    if data and not target:
        raise UserError("--target: missing. It names the column of your CSV files to predict.")
    data_set = OwnData(folder=data, target=target) if data and target else None
    for folder in create_pipeline(
        name, data_set=data_set, root=root, validate=lambda stage: validate_checkout(stage, now=now).findings
    ):
        print(f"{folder}: new")
    print(f"Add `pipeline: {{folder: {name}}}` to the project.yaml of its project.")


def build(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A folder of pipelines/ (default: all, and the template of `mlproject new`).",
            autocompletion=complete_pipeline,
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only check: exit with code 2 if a definition is stale or invalid.")
    ] = False,
) -> None:
    """Build definition.json with the SageMaker SDK, validate it, and write it with its hash."""
    from mlproject import definition, templates  # imported here to keep the start of other commands fast
    from mlproject.definition import build as builder
    from mlproject.errors import UserError
    from mlproject.files import project_root

    root = project_root()
    names = [name] if name else list(definition.pipeline_names(root / "pipelines"))
    if check:
        _check([builder.pipeline_folder(each, root=root) for each in names])
        if name is None and not templates.is_template_current(root=root):
            raise UserError("the template of `mlproject new` is stale. Run `mlproject pipeline build`.")
        return
    for each in names:
        builder.pipeline_folder(each, root=root)
    for file, change in builder.write_images(root=root).items():
        if change != "unchanged":
            print(f"{file}: {change}")
    for each in names:
        print(f"pipelines/{each}/definition.json: {builder.build_definition(each, root=root)}")
    if name is None:
        print(f"template of `mlproject new`: {'changed' if templates.build_template(root=root) else 'unchanged'}")


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
        raise UserError("\n".join(findings), topic="definition-invalid")
    for folder in folders:
        print(f"{folder.name}: fresh")


def images(
    region: Annotated[str | None, typer.Argument(help="A region (default: all).")] = None,
    write: Annotated[bool, typer.Option("--write", help="Update the table from the installed SDK first.")] = False,
) -> None:
    """Show AWS's registries by region, and the images that it publishes in one region, from the committed table."""
    from mlproject import definition
    from mlproject.definition import build as builder
    from mlproject.files import project_root

    if write:
        for file, change in builder.write_images(root=project_root()).items():
            print(f"{file}: {change}")
    for each in [region] if region else definition.image_regions():
        images = definition.published_images(each)
        for name, host in definition.registry_hosts(each).items():
            print(f"{each:18} {host:50} ${{{name}}}")
            for image in images.get(name, ()) if region else ():
                print(f"  {image}")
