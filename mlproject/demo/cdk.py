"""The ordinary CDK CLI, run as a person runs it, its output kept in a log."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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
        program = self.root / "node_modules" / ".bin" / "cdk"
        if not program.exists():
            raise UserError(f"{program}: the CDK CLI is not installed; run make install.")
        command = [str(program), *arguments]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            log.write(f"$ cdk {' '.join(arguments)}\n".encode())
            log.flush()
            # A group of its own: the CLI starts Python and Node, and all of them must end with us.
            process = subprocess.Popen(
                command,
                cwd=folder or self.root,
                env=self._environment(),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                code = process.wait()
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise
        if code:
            raise UserError(
                f"cdk {' '.join(arguments)} failed with exit code {code}; its last lines:\n{self._last_lines()}",
                exit_code=1,
            )

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
        path = f"{self.root / '.venv' / 'bin'}{os.pathsep}{inherited.get('PATH', '')}"
        return {**inherited, "PATH": path, "NO_COLOR": "1", **self.variables}

    def _last_lines(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LAST_LINES:])
