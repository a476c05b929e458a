"""The checkout, parameters and session that a command works with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session
    from mlproject.parameters import Deployment, Environment, Platform


def open_deployment(project: str, environment: str) -> tuple[Path, Deployment, Session]:
    """Return the checkout, the project in the environment, and a session for it."""
    from mlproject.cli.common.session import create_session
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    return root, deployment, create_session(deployment.environment, root)


def open_deployment_and_projects(project: str, environment: str) -> tuple[Path, Deployment, frozenset[str], Session]:
    """Do the same as `open_deployment`, and also return the names of all projects in the environment."""
    from mlproject.cli.common.session import create_session
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    platform = load_valid_parameters(root)
    deployment = platform.deployment(project, environment)
    projects = _projects_in(platform, environment)
    return root, deployment, projects, create_session(deployment.environment, root)


def open_environment(name: str) -> tuple[Environment, frozenset[str], Session]:
    """Return an environment, the projects whose parameters include it, and a session for it."""
    from mlproject.cli.common.session import create_session
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    platform = load_valid_parameters(root)
    projects = _projects_in(platform, name)
    return platform.environments[name], projects, create_session(platform.environments[name], root)


def _projects_in(platform: Platform, environment: str) -> frozenset[str]:
    """Return the projects in an environment. A project with errors in its parameters still exists."""
    invalid = (project for project, each in platform.invalid_projects.items() if each.may_include(environment))
    return frozenset([*(each.project for each in platform.deployments(environment=environment)), *invalid])
