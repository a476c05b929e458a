"""`mlproject changed`: list the projects and environments that a change affects, and write their child pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.affected import SinceOption
from mlproject.cli.common.completion import complete_environment

if TYPE_CHECKING:
    from mlproject.affected import Affected
    from mlproject.cli.common.affected import Change
    from mlproject.parameters import GitLab


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

    change = read_change(since)
    if child_pipeline:
        _write_child_pipeline(
            change, child_pipeline, environments=environments or (), manual=manual or (), tag=tag, include=include
        )
    if as_json:
        print(json.dumps(_document(change), indent=2))
    else:
        print("\n".join(_lines(change.affected)))


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


def _lines(affected: Affected) -> Iterator[str]:
    if affected.is_empty:
        yield "The change affects no project and no environment."
    if affected.shared_files:
        first, *others = affected.shared_files
        yield f"Every project is affected: {first}{f' and {len(others)} more' if others else ''} changed."
    for project, environments in affected.projects.items():
        yield f"{project}: {', '.join(environments)}"
    if affected.environments:
        yield f"The values of these environments changed, or all are affected: {', '.join(affected.environments)}."
    for project, environments in affected.removed.items():
        where = ", ".join(environments) or "every environment"
        yield f"{project} was removed from {where}. `mlproject destroy {project}` deletes the stacks deployed there."


def _write_child_pipeline(
    change: Change,
    file: Path,
    *,
    environments: Sequence[str],
    manual: Sequence[str],
    tag: str | None,
    include: str,
) -> None:
    from mlproject.cli.common.session import is_on_laptop
    from mlproject.files import write_atomically
    from mlproject.gitlab import PRODUCTION, Target, build_deployment_pipeline, deployment_tier, render_pipeline

    for name in (*environments, *manual):
        change.after.deployments(environment=name)  # rejects an unknown name
    platform = change.after
    order = environments or [
        name
        for name, each in platform.environments.items()
        if not is_on_laptop(each) and _is_deployed_from(tag, name, platform.gitlab)
    ]
    declared = platform.gitlab.deployment_tiers if platform.gitlab else {}
    tiers = {name: declared.get(name) or deployment_tier(name) for name in order}
    manual = manual or [name for name in order if tiers[name] == PRODUCTION]
    targets = [
        Target(project=each.project, environment=name, tier=tiers[name], is_manual=name in manual)
        for name in dict.fromkeys(order)
        for each in change.affected.deployments
        if each.environment.name == name
    ]
    pipeline = build_deployment_pipeline(targets, include=include, removed=change.affected.removed)
    write_atomically(file, render_pipeline(pipeline))


def _is_deployed_from(tag: str | None, environment: str, gitlab: GitLab | None) -> bool:
    """Whether the pipeline of a tag, or of the default branch if there is none, deploys an environment."""
    pattern = gitlab.deploy_tags.get(environment) if gitlab else None
    if tag is None or pattern is None:
        return tag is None and pattern is None
    return fnmatchcase(tag, pattern)
