"""Print what GitLab gives a job and gitlab-ci-local does not: its ID tokens, and the lock of its resource group."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.ci.tokens import issue_token


def main() -> None:
    job = _find_job(os.environ["CI_JOB_NAME"], Path(os.environ["SIMULATOR_STATE"]))
    for name, token in job.get("id_tokens", {}).items():
        environment = job.get("environment")
        text = issue_token(
            Path(os.environ["SIMULATOR_ISSUER"]),
            variables=os.environ,
            audience=token["aud"],
            environment={"name": environment} if isinstance(environment, str) else environment,
        )
        print(f"export {name}={shlex.quote(text)}")
    if group := job.get("resource_group"):
        print(f"SIMULATOR_LOCK={shlex.quote(group.replace('/', '_'))}")


def _find_job(name: str, state: Path) -> dict[str, Any]:
    """Return a job of the parent or of the child pipeline, as gitlab-ci-local expanded it."""
    for file in ("parent.yml", "expanded-gitlab-ci.yml"):
        jobs = YAML(typ="safe").load(state / file) or {}
        if name in jobs:
            return dict(jobs[name])
    raise LookupError(name)


if __name__ == "__main__":
    main()
