"""Where the steps are done: an AWS, real or embedded, reached by the commands that people type."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlproject.cdk_cli import cdk_environment, cdk_program, run_in_group
from mlproject.parameters import Deployment


@dataclass(frozen=True, kw_only=True)
class Done:
    """A command that has ended."""

    code: int
    output: str
    errors: str

    @property
    def document(self) -> Any:
        """What the command printed with `--json`; None if it is no JSON."""
        try:
            return json.loads(self.output)
        except ValueError:
            return None

    @property
    def last_words(self) -> str:
        """The last line that says anything, for a person who asks why."""
        lines = [line.strip() for line in (self.errors + "\n" + self.output).splitlines() if line.strip()]
        return lines[-1] if lines else f"exit code {self.code}"


@dataclass(frozen=True, kw_only=True)
class Place:
    """One deployment of a project, and the way to it.

    Args:
        title: for people, such as `the embedded AWS`.
        root: the checkout.
        deployment: the project in the environment.
        variables: what leads the commands there, besides the process's own variables.
        isolated: whether the process's own variables for AWS stay away: a profile or a token of whoever verifies
            AWS would lead the commands away from the embedded AWS.
        client: gives the boto3 client of a service there.
        log: the file that receives what every command prints.
        settle_seconds: how long a change of permissions takes to be seen everywhere.
        instance_type: of the pipeline's jobs.
    """

    title: str
    root: Path
    deployment: Deployment
    variables: Mapping[str, str]
    isolated: bool
    client: Callable[[str], Any]
    log: Path
    settle_seconds: float
    instance_type: str

    @property
    def stacks(self) -> str:
        """What the CDK CLI is asked for: everything in the environment, as far as `context` synthesizes it."""
        return f"{self.deployment.environment.name}/**"

    @property
    def context(self) -> tuple[str, ...]:
        """Has the project synthesized alone, with the environment's network: nobody else's stacks are touched."""
        return (
            "--context", f"project={self.deployment.project}",
            "--context", f"environment={self.deployment.environment.name}",
        )  # fmt: skip

    def cdk(self, *arguments: str, folder: Path | None = None) -> Done:
        """`cdk ARGUMENTS`, as a person runs it in the checkout."""
        return self._run([cdk_program(self.root), *arguments], folder=folder)

    def mlproject(self, *arguments: str) -> Done:
        """`mlproject ARGUMENTS`, as a person runs it in the checkout."""
        return self._run([sys.executable, "-m", "mlproject.cli.main", *arguments])

    def of_project(self, command: str, *options: str) -> Done:
        """`mlproject COMMAND PROJECT --environment ENVIRONMENT OPTIONS`."""
        names = (self.deployment.project, "--environment", self.deployment.environment.name)
        return self.mlproject(*command.split(), *names, *options)

    def _run(self, command: list[str], *, folder: Path | None = None) -> Done:
        done = run_in_group(
            command,
            folder=folder or self.root,
            environment=cdk_environment(self.root, {"NO_COLOR": "1", **self.variables}, isolated=self.isolated),
            output=subprocess.PIPE,
            errors=subprocess.PIPE,
        )
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}")
        return Done(code=done.returncode, output=done.stdout, errors=done.stderr)
