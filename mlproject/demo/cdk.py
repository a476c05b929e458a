"""The ordinary CDK CLI, run as a person runs it, its output kept in a log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlproject.cdk_cli import cdk_environment, cdk_program, run_in_group
from mlproject.errors import UserError

LAST_LINES = 15


@dataclass(frozen=True, kw_only=True)
class Cdk:
    """The pinned CDK CLI in one checkout.

    Args:
        root: the checkout, with cdk.json.
        variables: what reaches the AWS that is meant (endpoint, credentials, region).
        log: the file that everything printed is appended to.
    """

    root: Path
    variables: Mapping[str, str]
    log: Path

    def __call__(self, *arguments: str, folder: Path | None = None) -> None:
        """Run `cdk ARGUMENTS`; return when it has succeeded.

        Args:
            folder: where it runs; the root, whose cdk.json names the app, if not given.

        Raises:
            UserError: the CLI is not installed, or it failed; then with the last lines that it printed.
        """
        command = [cdk_program(self.root), *arguments]
        environment = cdk_environment(self.root, {"NO_COLOR": "1", **self.variables}, isolated=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            log.write(f"$ cdk {' '.join(arguments)}\n".encode())
            log.flush()
            done = run_in_group(command, folder=folder or self.root, environment=environment, output=log, errors=log)
        if done.returncode:
            raise UserError(
                f"cdk {' '.join(arguments)} failed with exit code {done.returncode}; "
                f"its last lines:\n{self._last_lines()}",
                exit_code=1,
            )

    def _last_lines(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LAST_LINES:])
