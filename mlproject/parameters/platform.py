"""All projects in all their environments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mlproject.errors import UserError
from mlproject.parameters.finding import listing, nearest
from mlproject.parameters.model import Deployment, Environment


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What environments.yaml and the projects' files say, checked and resolved.

    Args:
        environments: name to environment, in the order of environments.yaml.
        projects: name to the project's deployments, both sorted: projects by name, deployments as `environments`.
    """

    environments: Mapping[str, Environment]
    projects: Mapping[str, tuple[Deployment, ...]]

    def deployments(self, *, project: str | None = None, environment: str | None = None) -> tuple[Deployment, ...]:
        """The deployments of one project, of one environment, of both or all of them.

        Args:
            project: the only project wanted.
            environment: the only environment wanted.

        Raises:
            UserError: there is no such project or environment.
        """
        if project is not None:
            _require(project, self.projects, kind="project", where="projects/")
        if environment is not None:
            _require(environment, self.environments, kind="environment", where="environments.yaml")
        return tuple(
            deployment
            for name, deployments in self.projects.items()
            for deployment in deployments
            if project in (None, name) and environment in (None, deployment.environment.name)
        )

    def deployment(self, project: str, environment: str) -> Deployment:
        """One project in one environment.

        Raises:
            UserError: there is no such project or environment, or the project does not name the environment.
        """
        found = self.deployments(project=project, environment=environment)
        if not found:
            own = listing(deployment.environment.name for deployment in self.projects[project])
            raise UserError(
                f"projects/{project}/project.yaml does not name the environment {environment}; "
                f"add `{environment}: {{}}` below its `environments:` or choose one of: {own}."
            )
        return found[0]


def _require(name: str, known: Iterable[str], *, kind: str, where: str) -> None:
    """Refuse an unknown name, with the nearest one."""
    choices = tuple(known)
    if name in choices:
        return
    near = nearest(name, choices)
    hint = f"did you mean {near}? " if near else ""
    raise UserError(f"{name}: no such {kind} in {where}; {hint}Known: {listing(choices)}.")
