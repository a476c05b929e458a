"""Select what the child pipeline of a change deploys, and write it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from mlproject.cli.common.affected import Change
from mlproject.cli.common.session import is_on_laptop
from mlproject.gitlab import PRODUCTION, Target, build_deployment_pipeline, deployment_tier, render_pipeline
from mlproject.parameters import GitLab, Platform


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What a child pipeline deploys.

    Args:
        environments: names of the environments, in the order of their deployments; empty for those of the pipeline.
        manual: environments to which a person starts the deployment; empty for those of the tier production.
        tag: the tag whose pipeline runs; None for a branch.
        is_merge_request: whether the pipeline of a merge request runs.
    """

    environments: tuple[str, ...]
    manual: tuple[str, ...]
    tag: str | None
    is_merge_request: bool


def write_child_pipeline(change: Change, file: Path, *, selection: Selection, include: str) -> None:
    """Write the child pipeline of a change.

    Args:
        change: the change.
        file: the file to write.
        selection: what it deploys.
        include: file of the repository that defines the hidden job `.aws`.

    Raises:
        UserError: an environment is unknown.
    """
    from mlproject.cli.common.removals import describe_removals
    from mlproject.files import write_atomically

    for name in (*selection.environments, *selection.manual):
        change.after.deployments(environment=name)  # rejects an unknown name
    order = tuple(dict.fromkeys(selection.environments or _environments_of(selection, change.after)))
    targets = [
        _target(each.project, name, selection, change.after)
        for name in order
        for each in change.affected.deployments
        if each.environment.name == name
    ]
    removed = _removed(change, selection)
    destroyed = [
        _target(project, name, selection, change.after)
        for name in order
        for project, environments in removed.items()
        # The deploy role may delete nothing where data is retained.
        if name in environments and not change.after.environments[name].retain_data
    ]
    notes = (
        *describe_removals(removed, change.after),
        *(f"{each.job('destroy')} deletes the stacks of {each.project}: a person starts it." for each in destroyed),
    )
    pipeline = build_deployment_pipeline(targets, include=include, removed=destroyed, notes=notes)
    write_atomically(file, render_pipeline(pipeline))


def _removed(change: Change, selection: Selection) -> dict[str, tuple[str, ...]]:
    """Return the environments from which each project was removed, without those of each machine."""
    # Until the merge, the project is still deployed from the default branch.
    if selection.is_merge_request:
        return {}
    known = change.after.environments
    found = {}
    for project, environments in change.affected.removed.items():
        reachable = tuple(name for name in environments if name not in known or not is_on_laptop(known[name]))
        if reachable or not environments:
            found[project] = reachable
    return found


def _target(project: str, environment: str, selection: Selection, platform: Platform) -> Target:
    declared = platform.gitlab.deployment_tiers if platform.gitlab else {}
    tier = declared.get(environment) or deployment_tier(environment)
    return Target(
        project=project,
        environment=environment,
        tier=tier,
        is_manual=environment in selection.manual if selection.manual else tier == PRODUCTION,
        is_temporary=selection.is_merge_request,
    )


def _environments_of(selection: Selection, platform: Platform) -> Iterator[str]:
    """Yield the environments that a pipeline of this kind deploys, in the order of environments.yaml."""
    branches = platform.gitlab.branch_environments if platform.gitlab else ()
    for name, environment in platform.environments.items():
        if is_on_laptop(environment) or (name in branches) != selection.is_merge_request:
            continue
        if selection.is_merge_request or _is_deployed_from(selection.tag, name, platform.gitlab):
            yield name


def _is_deployed_from(tag: str | None, environment: str, gitlab: GitLab | None) -> bool:
    """Whether the pipeline of a tag, or of the default branch if there is none, deploys an environment."""
    pattern = gitlab.deploy_tags.get(environment) if gitlab else None
    if tag is None or pattern is None:
        return tag is None and pattern is None
    return fnmatchcase(tag, pattern)
