"""The library lists of the projects that a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.libraries import LibraryList
    from mlproject.parameters import Deployment


def project_lists(root: Path, project: str | None) -> tuple[LibraryList, ...]:
    """Return the lists of a project or, if it is None, of all projects.

    Raises:
        UserError: the project does not exist, or does not use a list.
    """
    from mlproject.libraries import read_project_lists

    lists = read_project_lists(project_deployments(root, project), root)
    if not lists and project is not None:
        raise UserError(
            f"projects/{project}/project.yaml does not use a library list. Add `libraries:` to a notebook or to emr.",
            topic="component-missing",
        )
    return lists


def project_deployments(root: Path, project: str | None) -> tuple[Deployment, ...]:
    """Return the deployments of a project or, if it is None, of all projects.

    Raises:
        ParametersError: a parameter file has errors.
        UserError: the project does not exist.
    """
    from mlproject.parameters import load_parameters, load_valid_parameters

    if project is None:
        return tuple(load_parameters(root).deployments())
    platform = load_valid_parameters(root)
    deployments = tuple(platform.deployments(project=project))
    platform.deployment(project, deployments[0].environment.name if deployments else "")
    return deployments


def require_lists(lists: tuple[LibraryList, ...], project: str, environment: str) -> tuple[LibraryList, ...]:
    """Return the lists of a project in an environment.

    Raises:
        UserError: there are none.
    """
    if not lists:
        raise UserError(
            f"projects/{project}/project.yaml does not use a library list in {environment}. Add `libraries:` to a "
            "notebook or to emr.",
            topic="component-missing",
        )
    return lists
