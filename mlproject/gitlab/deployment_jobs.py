"""The jobs that deploy a project to an environment, check it, and delete it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# A script is never repeated: a deployment that failed needs a person. GitLab cancels no job that is not interruptible.
# https://docs.gitlab.com/ci/yaml/#retrywhen
_RETRIED_FAILURES = ("runner_system_failure",)
# Without allow_failure, the parent pipeline would wait until a person starts the job.
_STARTED_BY_A_PERSON: Mapping[str, Any] = {"when": "manual", "allow_failure": True}
# https://docs.gitlab.com/ci/yaml/#environmentauto_stop_in
_AUTO_STOP_IN = "1 week"


@dataclass(frozen=True, kw_only=True)
class Target:
    """A project to deploy to an environment.

    Args:
        project: name of the project.
        environment: name of the environment.
        tier: deployment tier of the environment, such as `staging`.
        is_manual: whether a person starts the deployment.
        is_temporary: whether merge requests deploy to the environment, until they end.
    """

    project: str
    environment: str
    tier: str
    is_manual: bool
    is_temporary: bool = False

    @property
    def path(self) -> str:
        """Name of the environment in GitLab."""
        return f"{self.project}/{self.environment}"

    def job(self, action: str) -> str:
        """Return the name of a job, such as `flights:deploy:dev`."""
        return f"{self.project}:{action}:{self.environment}"


def automatic_jobs(target: Target, needs: list[str]) -> dict[str, Any]:
    return {
        target.job("deploy"): {
            **_job(target, action="start"),
            "needs": needs,
            "script": [_preflight(target), f"mlproject deploy {_arguments(target)} --yes"],
        },
        target.job("smoke"): {
            **_job(target, action="verify"),
            "needs": [target.job("deploy")],
            "script": [f"mlproject smoke {_arguments(target)}"],
        },
    }


def manual_jobs(target: Target, needs: list[str]) -> dict[str, Any]:
    """Return a job that records the changes, and one that a person starts, which deploys exactly these."""
    return {
        target.job("plan"): {
            **_job(target, action="prepare"),
            "needs": needs,
            "script": [f"mlproject guard {_arguments(target)} --record {_approval(target)} --comment"],
            "artifacts": {"paths": [_approval(target)], "when": "always"},
        },
        target.job("deploy"): {
            **_job(target, action="start"),
            "needs": [target.job("plan")],
            "script": [
                _preflight(target),
                f"mlproject deploy {_arguments(target)} --approved {_approval(target)}",
                f"mlproject smoke {_arguments(target)}",
            ],
            **_STARTED_BY_A_PERSON,
        },
    }


def branch_jobs(target: Target) -> dict[str, Any]:
    """Return the jobs of a merge request, both started by a person: one deploys, one removes what it has deployed.

    GitLab starts the second one when the merge request is merged or closed, or after a week without a deployment:
    https://docs.gitlab.com/ci/environments/#stopping-an-environment
    """
    deploy = _job(target, action="start", on_stop=target.job("destroy"), auto_stop_in=_AUTO_STOP_IN)
    return {
        target.job("deploy"): {
            **deploy,
            "needs": [],
            "script": [
                _preflight(target),
                f"mlproject deploy {_arguments(target)} --yes",
                f"mlproject smoke {_arguments(target)}",
            ],
            **_STARTED_BY_A_PERSON,
        },
        **destroy_job(target),
    }


def destroy_job(target: Target) -> dict[str, Any]:
    """Return a job, started by a person, that deletes the stacks of a project and stops its environment in GitLab."""
    return {
        target.job("destroy"): {
            **_job(target, action="stop"),
            "needs": [],
            # A job that is repeated, or started after somebody else has deleted the stacks, succeeds.
            "script": [f"mlproject destroy {_arguments(target)} --yes --if-exists"],
            **_STARTED_BY_A_PERSON,
        }
    }


def _preflight(target: Target) -> str:
    # `mlproject deploy` uploads the libraries itself, and another project's problem must not stop this one.
    project, environment = shlex.quote(target.project), shlex.quote(target.environment)
    return f"mlproject preflight -e {environment} --project {project} --no-libraries"


def _approval(target: Target) -> str:
    """Return the file with the changes that a person approves by starting the deployment."""
    return f"build/approvals/{target.project}-{target.environment}.json"


def _arguments(target: Target) -> str:
    return f"{shlex.quote(target.project)} -e {shlex.quote(target.environment)}"


def _job(target: Target, **environment: str) -> dict[str, Any]:
    return {
        "extends": ".aws",
        "stage": target.environment,
        "variables": {"MLPROJECT_PROJECT": target.project, "MLPROJECT_ENVIRONMENT": target.environment},
        "environment": {"name": target.path, "deployment_tier": target.tier, **environment},
        # Every deployment includes the environment's network, so two at once would disturb each other.
        "resource_group": target.environment,
        "interruptible": False,
        "retry": {"max": 1, "when": list(_RETRIED_FAILURES)},
    }
