"""The checkout, parameters and session that a command works with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session
    from mlproject.parameters import Deployment, Environment


def open_deployment(project: str, environment: str) -> tuple[Path, Deployment, Session]:
    """Return the checkout, the project in the environment, and a session for it."""
    from mlproject.cli.common.session import create_session
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    return root, deployment, create_session(deployment.environment, root)


def open_environment(name: str) -> tuple[Environment, frozenset[str], Session]:
    """Return an environment, the projects whose parameters include it, and a session for it."""
    from mlproject.cli.common.session import create_session
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    platform = load_valid_parameters(root)
    # A project with errors in its parameters still exists.
    invalid = (project for project, each in platform.invalid_projects.items() if each.may_include(name))
    projects = frozenset([*(each.project for each in platform.deployments(environment=name)), *invalid])
    return platform.environments[name], projects, create_session(platform.environments[name], root)
