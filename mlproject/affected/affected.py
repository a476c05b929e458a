"""Map changed files to the projects and environments that they affect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from mlproject.parameters import Deployment, Platform

PROJECTS, PIPELINES = "projects", "pipelines"
# Their values are compared, since a comment or another environment's key affects nothing.
_COMPARED = frozenset({"environments.yaml", "environments.lock.json"})
# Folders and files that no stack, library or pipeline is built from. Everything else that is shared affects all.
_WITHOUT_EFFECT = frozenset(
    {
        ".ci", "LICENSE", "Makefile", "benchmarks", "docs", "embedded_aws", "schemas", "scripts", "snapshots", "tests",
        ".gitattributes", ".gitignore", "prices.json",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Affected:
    """What a change affects.

    Args:
        deployments: the affected projects in their environments, in the order of the parameters.
        environments: the environments whose own values changed, and all of them if shared code changed.
        removed: the environments from which a project was removed, by project. Its deployed stacks stay.
        shared_files: the changed files because of which every project is affected.
    """

    deployments: tuple[Deployment, ...]
    environments: tuple[str, ...] = ()
    removed: Mapping[str, tuple[str, ...]]
    shared_files: tuple[str, ...] = ()

    @property
    def projects(self) -> dict[str, tuple[str, ...]]:
        """The environments of each affected project, by project."""
        found: dict[str, tuple[str, ...]] = {}
        for each in self.deployments:
            found[each.project] = (*found.get(each.project, ()), each.environment.name)
        return found

    @property
    def networks(self) -> tuple[str, ...]:
        """The environments whose network may change. It serves the projects in it, so a removed project counts too."""
        removed = (environment for environments in self.removed.values() for environment in environments)
        return tuple(dict.fromkeys([*self.environments, *removed]))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is affected."""
        return not (self.deployments or self.environments or self.removed)


def find_affected(files: Iterable[str], *, before: Platform | None, after: Platform) -> Affected:
    """Return what a change of files affects.

    Args:
        files: the changed files, relative to the checkout, both names of a renamed one.
        before: the parameters before the change; None if they are unknown, so that each parameter file counts as
            changed in every value.
        after: the parameters after the change.
    """
    files = tuple(files)
    compared = before is not None
    shared = tuple(file for file in files if _is_shared(file, compared=compared))
    projects = frozenset(name for file in files if (name := _project_with_other_files(file, compared=compared)))
    pipelines = frozenset(name for file in files if (name := _folder(file, PIPELINES)))
    environments = tuple(name for name in after.environments if shared or _environment_differs(name, before, after))
    return Affected(
        deployments=tuple(
            each
            for each in after.deployments()
            if shared
            or each.project in projects
            or (each.pipeline and each.pipeline.folder in pipelines)
            or each.environment.name in environments
            or _differs(each, before)
        ),
        environments=environments,
        removed=_removed(files, before=before, after=after),
        shared_files=shared,
    )


def _folder(file: str, parent: str) -> str | None:
    """Return `flights` for `projects/flights/project.yaml`; None for a file outside such a folder."""
    parts = PurePosixPath(file).parts
    return parts[1] if len(parts) > 2 and parts[0] == parent else None


def _is_shared(file: str, *, compared: bool) -> bool:
    first = PurePosixPath(file).parts[0]
    if file in _COMPARED:
        return not compared
    if first in _WITHOUT_EFFECT or (first == file and file.endswith(".md")):
        return False
    # A file directly in pipelines/ is imported by every pipeline; one directly in projects/ belongs to no project.
    return first != PROJECTS and _folder(file, PIPELINES) is None


def _project_with_other_files(file: str, *, compared: bool) -> str | None:
    """Return the project of a file that affects all its environments: every one, unless its values are compared."""
    name = _folder(file, PROJECTS)
    return None if compared and file == f"{PROJECTS}/{name}/project.yaml" else name


def _environment_differs(name: str, before: Platform | None, after: Platform) -> bool:
    return before is not None and before.environments.get(name) != after.environments[name]


def _differs(deployment: Deployment, before: Platform | None) -> bool:
    if before is None:
        return False
    earlier = before.projects.get(deployment.project, ())
    return deployment not in earlier


def _removed(files: Iterable[str], *, before: Platform | None, after: Platform) -> dict[str, tuple[str, ...]]:
    """Return the environments of removed projects; empty if the environments before the change are unknown."""
    if before is None:
        known = {*after.projects, *after.invalid_projects}
        return {name: () for file in files if (name := _folder(file, PROJECTS)) and name not in known}
    earlier = {
        **{name: [each.environment.name for each in deployments] for name, deployments in before.projects.items()},
        **{name: sorted(each.environments) for name, each in before.invalid_projects.items()},
    }
    found = {}
    for name, environments in sorted(earlier.items()):
        if name in after.invalid_projects:
            continue
        remaining = {each.environment.name for each in after.projects.get(name, ())}
        gone = tuple(each for each in environments if each not in remaining)
        if gone or name not in after.projects:
            found[name] = gone
    return found
