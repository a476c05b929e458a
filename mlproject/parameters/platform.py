"""All projects in all their environments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mlproject.errors import UserError
from mlproject.parameters.finding import ParametersError, listing, nearest
from mlproject.parameters.model import Deployment, Environment


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A project with mistakes in its parameters.

    Args:
        error: all of them.
        environments: the environments that the project names, as far as its file can be read; empty if it cannot.
    """

    error: ParametersError
    environments: frozenset[str]

    def may_name(self, environment: str) -> bool:
        """Whether the project may be in an environment: a file that cannot be read may name any."""
        return not self.environments or environment in self.environments


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What environments.yaml and the projects' files say, checked and resolved.

    Args:
        environments: name to environment, in the order of environments.yaml.
        projects: name to the project's deployments, both sorted: projects by name, deployments as `environments`.
        left_out: name to what is wrong, for the projects with mistakes; see `load_valid`.
    """

    environments: Mapping[str, Environment]
    projects: Mapping[str, tuple[Deployment, ...]]
    left_out: Mapping[str, LeftOut] = field(default_factory=dict)

    def deployments(self, *, project: str | None = None, environment: str | None = None) -> tuple[Deployment, ...]:
        """The deployments of one project, of one environment, of both or all of them.

        Args:
            project: the only project wanted.
            environment: the only environment wanted.

        Raises:
            UserError: there is no such project or environment, or the project's own parameters have mistakes.
        """
        if project is not None:
            if project in self.left_out:
                raise self.left_out[project].error
            _require(project, [*self.projects, *self.left_out], kind="project", where="projects/")
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
