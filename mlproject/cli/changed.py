"""`mlproject changed`: list the projects and environments that a change affects, and write their child pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.affected import SinceOption
from mlproject.cli.common.completion import complete_environment
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.affected import Change


def register(app: typer.Typer) -> None:
    """Add the command `changed`."""
    app.command("changed")(changed)


def changed(
    *,
    since: SinceOption,
    child_pipeline: Annotated[
        Path | None,
        typer.Option(
            "--child-pipeline", metavar="FILE", help="Write a GitLab child pipeline that deploys what is affected."
        ),
    ] = None,
    environments: Annotated[
        list[str] | None,
        typer.Option(
            "--environment",
            "-e",
            help="An environment that the child pipeline deploys to, in this order; repeat the option. Default: those "
            "of environments.yaml that are not in the embedded AWS.",
            autocompletion=complete_environment,
            show_default=False,
        ),
    ] = None,
    manual: Annotated[
        list[str] | None,
        typer.Option(
            "--manual",
            metavar="ENVIRONMENT",
            help="An environment to which a person starts the deployment; repeat the option. Default: those whose name "
            "GitLab recognizes as production.",
            autocompletion=complete_environment,
            show_default=False,
        ),
    ] = None,
    tag: Annotated[
        str | None,
        typer.Option(
            "--tag",
            help="The protected tag whose pipeline runs: deploy to the environments of gitlab.deploy_tags that it "
            "matches. Without it, to the others.",
        ),
    ] = None,
    include: Annotated[
        str, typer.Option("--include", help="The file of the repository that defines the hidden job .aws.")
    ] = "ci/jobs.yml",
    merge_request: Annotated[
        bool,
        typer.Option(
            "--merge-request",
            help="The pipeline of a merge request runs: offer deployments to gitlab.branch_environments only.",
        ),
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print JSON: base, files, projects, environments, removed, shared."),
    ] = False,
) -> None:
    """List the projects and environments that a change affects, compared with the merge base of REF and HEAD.

    A file of a project or pipeline affects the projects that use it, a value in project.yaml or environments.yaml the
    environments for which it differs, shared code everything, documentation and tests nothing.
    """
    from mlproject.cli.common.affected import read_change
    from mlproject.cli.common.child_pipeline import Selection, write_child_pipeline

    if merge_request and tag is not None:
        raise UserError("--merge-request and --tag: a pipeline runs for one of them. Remove one.")
    change = read_change(since)
    if child_pipeline:
        selection = Selection(
            environments=tuple(environments or ()),
            manual=tuple(manual or ()),
            tag=tag,
            is_merge_request=merge_request,
        )
        write_child_pipeline(change, child_pipeline, selection=selection, include=include)
    if as_json:
        print(json.dumps(_document(change), indent=2))
    else:
        print("\n".join(_lines(change)))


def _document(change: Change) -> dict[str, object]:
    affected = change.affected
    return {
        "base": change.base,
        "files": list(change.files),
        "projects": affected.projects,
        "environments": list(affected.environments),
        "removed": affected.removed,
        "shared": list(affected.shared_files),
    }


def _lines(change: Change) -> Iterator[str]:
    from mlproject.cli.common.removals import describe_removals

    affected = change.affected
    if affected.is_empty:
        yield "The change affects no project and no environment."
    if affected.shared_files:
        first, *others = affected.shared_files
        yield f"Every project is affected: {first}{f' and {len(others)} more' if others else ''} changed."
    for project, environments in affected.projects.items():
        yield f"{project}: {', '.join(environments)}"
    if affected.environments:
        yield f"The values of these environments changed, or all are affected: {', '.join(affected.environments)}."
    yield from describe_removals(affected.removed, change.after)
