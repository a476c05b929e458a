"""`mlproject new`: create a project that can be deployed and run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import DataOption, TargetOption
from mlproject.cli.common.completion import complete_environment
from mlproject.translation import counted, translated

if TYPE_CHECKING:
    from mlproject.parameters import Environment, Platform
    from mlproject.templates import NewProject

STAGES = ("explore", "develop", "production")


def register(app: typer.Typer) -> None:
    """Add the command `new`."""
    app.command("new")(new)


def new(
    name: Annotated[str | None, typer.Argument(help="The project's name, such as wine.")] = None,
    *,
    owner: Annotated[str | None, typer.Option(help="A name or an e-mail address; becomes a tag.")] = None,
    cost_centre: Annotated[str | None, typer.Option(help="The cost centre; becomes a tag.")] = None,
    environment: Annotated[
        list[str] | None,
        typer.Option(
            "--environment",
            "-e",
            help="An environment of environments.yaml; repeatable (default: the one in the embedded AWS).",
            autocompletion=complete_environment,
        ),
    ] = None,
    stage: Annotated[
        str | None,
        typer.Option(
            help="explore: a notebook. develop: a pipeline too (default). production: a budget and a schedule too.",
            autocompletion=lambda incomplete: [each for each in STAGES if each.startswith(incomplete)],
        ),
    ] = None,
    data: DataOption = None,
    target: TargetOption = None,
    email: Annotated[
        str | None, typer.Option(help="Recipient of notifications in stage production (default: the owner).")
    ] = None,
    budget: Annotated[
        int | None,
        typer.Option(
            help="Monthly budget in USD in stage production (default: 100, or none if a region has no budgets)."
        ),
    ] = None,
) -> None:
    """Create a project: projects/NAME, and a pipeline with a data set that you can deploy and run at once.

    Asks on the terminal for what is not given. Either everything is created, or nothing.
    """
    from mlproject.cli.common.new_project import Answers, complete_answers
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    platform = load_valid_parameters(root)
    given = Answers(
        name=name,
        owner=owner,
        cost_centre=cost_centre,
        environments=tuple(environment or ()),
        stage=stage,
        data=data,
        target=target,
        email=email,
        budget=budget,
    )
    project = complete_answers(given, platform=platform)
    _create(project, root=root, platform=platform)


def _create(project: NewProject, *, root: Path, platform: Platform) -> None:
    from datetime import UTC, datetime

    from mlproject.cli.common.validation import validate_checkout
    from mlproject.templates import create_project

    now = datetime.now(UTC)
    for folder in create_project(project, root=root, validate=lambda stage: validate_checkout(stage, now=now).findings):
        files = sum(path.is_file() for path in (root / folder).rglob("*"))
        print(
            translated(
                "{folder}: new ({files})", folder=folder, files=counted(files, "{number:,} file", "{number:,} files")
            )
        )
    print("\n".join(_next_steps(project, platform.environments[project.environments[0]])))


def _next_steps(project: NewProject, environment: Environment) -> Iterator[str]:
    """Yield the commands that deploy and run the new project."""
    import embedded_aws

    where = f"{project.name} --environment {environment.name}"
    yield translated("Next:")
    if environment.account == embedded_aws.ACCOUNT:
        yield "  mlproject local up"
        yield '  eval "$(mlproject local env)"'
        yield f"  cdk bootstrap aws://{environment.account}/{environment.region}"
    yield f"  mlproject deploy {where}"
    if project.pipeline:
        yield f"  mlproject data push {where}{f' --from {project.data.folder}' if project.data else ''}"
        yield f"  mlproject run {where}"
    else:
        yield f"  mlproject open {where}"
    yield translated("Run `make snapshots`, and commit the new files.")
