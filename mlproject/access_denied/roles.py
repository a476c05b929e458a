"""Find the project, environment and stack that create a role."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mlproject.errors import UserError
from mlproject.names import ROLE_USES
from mlproject.parameters import Deployment, Environment, Platform

# The stack that creates the role of a use, if it has another name.
_STACKS: Mapping[str, str] = {
    "emr-service": "emr",
    "emr-nodes": "emr",
    "schedule": "operations",
    "promotion": "pipeline",
    "batch-schedule": "serving",
    "notebook-hours": "notebooks",
    "approval": "operations",
}
_SESSION = re.compile(r"arn:aws[a-z-]*:sts::(?P<account>\d{12}):assumed-role/(?P<role>[^/]+)(?:/.*)?")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::(?P<account>\d{12}):role/(?:.*/)?(?P<role>[^/]+)")


@dataclass(frozen=True, kw_only=True)
class ProjectRole:
    """A role of a project in an environment.

    Args:
        deployment: the project in the environment.
        use: one of ROLE_USES.
    """

    deployment: Deployment
    use: str

    @property
    def name(self) -> str:
        return self.deployment.names.role(self.use)

    @property
    def stack(self) -> str:
        """Kind of the stack that creates it, such as `pipeline`."""
        return _STACKS.get(self.use, self.use)

    @property
    def stack_name(self) -> str:
        return self.deployment.names.stack(self.stack)


def find_role(platform: Platform, principal: str) -> ProjectRole:
    """Return the project's role that a principal is.

    Args:
        platform: parameters of all projects and environments.
        principal: ARN of a role or of its session, or the name of a role.

    Raises:
        UserError: it is not a role, its account belongs to no environment, or no project has the role.
    """
    name, environments = _name_and_environments(platform, principal)
    for deployment in platform.deployments():
        for use in ROLE_USES:
            if deployment.environment in environments and deployment.names.role(use) == name:
                return ProjectRole(deployment=deployment, use=use)
    for project, invalid in platform.invalid_projects.items():
        if name.startswith(f"{project}-"):
            raise invalid.error
    places = ", ".join(environment.name for environment in environments)
    raise UserError(
        f"{name}: no project has a role of this name in {places}. The roles of a project are called "
        f"PROJECT-ENVIRONMENT-USE, with one of these uses: {', '.join(ROLE_USES)}.",
        topic="unknown-name",
    )


def _name_and_environments(platform: Platform, principal: str) -> tuple[str, list[Environment]]:
    if not principal.startswith("arn:"):
        return principal, list(platform.environments.values())
    match = _SESSION.fullmatch(principal) or _ROLE.fullmatch(principal)
    if match is None:
        raise UserError(
            f"{principal}: is not a role, and projects have only roles. Ask the administrators of the account for the "
            "permissions of users."
        )
    environments = [each for each in platform.environments.values() if each.account == match["account"]]
    if not environments:
        known = ", ".join(f"{each.name} {each.account}" for each in platform.environments.values())
        raise UserError(
            f"{principal}: account {match['account']} belongs to no environment in environments.yaml. Known: {known}."
        )
    return match["role"], environments
