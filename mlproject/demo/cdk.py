"""The CDK CLI, run as a user runs it, with its output in a log file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlproject.cdk_cli import cdk_environment, cdk_program, run_in_group
from mlproject.errors import UserError
from mlproject.translation import Message

LAST_LINES = 15


@dataclass(frozen=True, kw_only=True)
class CdkCli:
    """The pinned CDK CLI in one checkout.

    Args:
        root: the checkout, with cdk.json.
        variables: environment variables with the endpoint, credentials and region.
        log: the file to which the output is appended.
    """

    root: Path
    variables: Mapping[str, str]
    log: Path

    def run(self, *arguments: str, folder: Path | None = None) -> None:
        """Run `cdk ARGUMENTS`.

        Args:
            folder: the working directory. Default: the root, whose cdk.json defines the app.

        Raises:
            UserError: the CLI is not installed, or it failed. The message contains the last lines of its output.
        """
        command = [cdk_program(self.root), *arguments]
        environment = cdk_environment(self.root, {"NO_COLOR": "1", **self.variables}, isolated=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            log.write(f"$ cdk {' '.join(arguments)}\n".encode())
            log.flush()
            completed = run_in_group(
                command, folder=folder or self.root, environment=environment, output=log, errors=log
            )
        if completed.returncode:
            raise UserError(
                Message(
                    "cdk {arguments} failed with exit code {code}. The last lines of its output:\n{output}",
                    arguments=" ".join(arguments),
                    code=completed.returncode,
                    output=self._last_lines(),
                ),
                exit_code=1,
                topic="deployment-failed",
            )

    def _last_lines(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LAST_LINES:])
