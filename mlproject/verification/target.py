"""Run commands against a deployment in AWS or in an embedded AWS."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlproject.cdk_cli import cdk_environment, cdk_program, run_in_group
from mlproject.errors import REFERENCE
from mlproject.parameters import Deployment


@dataclass(frozen=True, kw_only=True)
class CommandResult:
    """The result of a command."""

    code: int
    output: str
    errors: str

    @property
    def document(self) -> Any:
        """The output of a command with `--json`; None if it is not valid JSON."""
        try:
            return json.loads(self.output)
        except ValueError:
            return None

    @property
    def last_line(self) -> str:
        """The last non-empty line of the output, which usually contains the reason of a failure."""
        lines = [line.strip() for line in (self.errors + "\n" + self.output).splitlines() if line.strip()]
        lines = [line for line in lines if not line.startswith(REFERENCE)]
        return lines[-1] if lines else f"exit code {self.code}"


@dataclass(frozen=True, kw_only=True)
class Target:
    """A deployment of a project in one AWS.

    Args:
        title: display name, such as `the embedded AWS`.
        root: the checkout.
        deployment: the project in the environment.
        variables: environment variables that select this AWS.
        isolated: whether to remove the process's AWS variables, since they select another AWS.
        client: returns the boto3 client of a service.
        log: the file to which the output of every command is appended.
        propagation_seconds: how long a change of permissions takes to become effective.
        instance_type: instance type of the pipeline's jobs.
    """

    title: str
    root: Path
    deployment: Deployment
    variables: Mapping[str, str]
    isolated: bool
    client: Callable[[str], Any]
    log: Path
    propagation_seconds: float
    instance_type: str

    @property
    def stacks(self) -> str:
        """The stacks to select with the CDK CLI: all stacks of the environment that `context` synthesizes."""
        return f"{self.deployment.environment.name}/**"

    @property
    def context(self) -> tuple[str, ...]:
        """The context options that synthesize only this project and the environment's network."""
        return (
            "--context", f"project={self.deployment.project}",
            "--context", f"environment={self.deployment.environment.name}",
        )  # fmt: skip

    def cdk(self, *arguments: str, folder: Path | None = None) -> CommandResult:
        """Run `cdk ARGUMENTS` in the checkout."""
        return self._run([cdk_program(self.root), *arguments], folder=folder)

    def mlproject(self, *arguments: str) -> CommandResult:
        """Run `mlproject ARGUMENTS` in the checkout."""
        return self._run([sys.executable, "-m", "mlproject.cli.main", *arguments])

    def run_for_project(self, command: str, *options: str) -> CommandResult:
        """Run `mlproject COMMAND PROJECT --environment ENVIRONMENT OPTIONS`."""
        names = (self.deployment.project, "--environment", self.deployment.environment.name)
        return self.mlproject(*command.split(), *names, *options)

    def _run(self, command: list[str], *, folder: Path | None = None) -> CommandResult:
        completed = run_in_group(
            command,
            folder=folder or self.root,
            environment=cdk_environment(self.root, {"NO_COLOR": "1", **self.variables}, isolated=self.isolated),
            output=subprocess.PIPE,
            errors=subprocess.PIPE,
        )
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(command)}\n{completed.stdout}{completed.stderr}")
        return CommandResult(code=completed.returncode, output=completed.stdout, errors=completed.stderr)
