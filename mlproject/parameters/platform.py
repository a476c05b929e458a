"""All projects in all environments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mlproject.errors import UserError
from mlproject.parameters.findings import ParametersError, closest_match, join_names
from mlproject.parameters.input_models.gitlab import GitLab
from mlproject.parameters.model import Deployment, Environment
from mlproject.translation import Message, joined


@dataclass(frozen=True, kw_only=True)
class InvalidProject:
    """A project with errors in its parameters.

    Args:
        error: every error found.
        environments: the environments that the project lists; empty if its file cannot be read.
    """

    error: ParametersError
    environments: frozenset[str]

    def may_include(self, environment: str) -> bool:
        """Whether the project may be in an environment. A file that cannot be read may list any environment."""
        return not self.environments or environment in self.environments


@dataclass(frozen=True, kw_only=True)
class Platform:
    """Validated and resolved parameters of all environments and projects.

    Args:
        environments: environments by name, in the order of environments.yaml.
        projects: deployments by project name. Projects are sorted by name, deployments in the order of `environments`.
        invalid_projects: projects with errors, by name; see `load_valid_parameters`.
        gitlab: the GitLab project whose jobs deploy; None if there is none.
    """

    environments: Mapping[str, Environment]
    projects: Mapping[str, tuple[Deployment, ...]]
    invalid_projects: Mapping[str, InvalidProject] = field(default_factory=dict)
    gitlab: GitLab | None = None

    def deployments(self, *, project: str | None = None, environment: str | None = None) -> tuple[Deployment, ...]:
        """Return all deployments, optionally filtered by project and environment.

        Args:
            project: return only the deployments of this project.
            environment: return only the deployments in this environment.

        Raises:
            UserError: there is no such project or environment, or the project's parameters have errors.
        """
        if project is not None:
            if project in self.invalid_projects:
                raise self.invalid_projects[project].error
            _require(
                project, [*self.projects, *self.invalid_projects], problem=Message("no such project in projects/.")
            )
        if environment is not None:
            _require(environment, self.environments, problem=Message("no such environment in environments.yaml."))
        return tuple(
            deployment
            for name, deployments in self.projects.items()
            for deployment in deployments
            if project in (None, name) and environment in (None, deployment.environment.name)
        )

    def deployment(self, project: str, environment: str) -> Deployment:
        """Return the deployment of a project in an environment.

        Raises:
            UserError: there is no such project or environment, or the project does not list the environment.
        """
        found = self.deployments(project=project, environment=environment)
        if not found:
            own = join_names(deployment.environment.name for deployment in self.projects[project])
            raise UserError(
                Message(
                    "projects/{project}/project.yaml does not list the environment {environment}. Add "
                    "`{environment}: {{}}` under `environments:`, or choose one of: {own}.",
                    project=project,
                    environment=environment,
                    own=own,
                ),
                topic="unknown-name",
            )
        return found[0]


def _require(name: str, known: Iterable[str], *, problem: Message) -> None:
    """Raise for an unknown name and suggest the closest match."""
    choices = tuple(known)
    if name in choices:
        return
    near = closest_match(name, choices)
    hint = Message("Did you mean {name}? ", name=near) if near else ""
    known = Message("Known: {names}.", names=join_names(choices))
    raise UserError(joined("", (name, ": ", problem, " ", hint, known)), topic="unknown-name")
