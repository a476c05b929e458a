"""Run the pinned CDK CLI of a checkout in a process group of its own."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from mlproject.errors import UserError
from mlproject.translation import Message

# Time between SIGTERM and SIGKILL. CloudFormation continues in any case.
GRACE_SECONDS = 5.0
# With "false", a synthesis takes half the time, since aws-cdk-lib does not check the templates against the rules of
# CloudFormation.
VALIDATION = "CDK_VALIDATION"


def cdk_program(root: Path) -> str:
    """Return the path of the CDK CLI in a checkout.

    Raises:
        UserError: the CDK CLI is not installed.
    """
    program = root / "node_modules" / ".bin" / "cdk"
    if not program.exists():
        raise UserError(
            Message("{program}: the CDK CLI is not installed. Run `make install`.", program=program),
            topic="not-installed",
        )
    return str(program)


def cdk_environment(root: Path, variables: Mapping[str, str], *, isolated: bool) -> dict[str, str]:
    """Return the environment variables of a command that calls AWS or the embedded AWS.

    Args:
        root: the checkout, whose virtual environment comes first on PATH.
        variables: variables that select the AWS account and endpoint (endpoint, credentials, region).
        isolated: whether to drop the inherited variables of AWS and CDK, except CDK_VALIDATION.
    """
    hidden = ("AWS_", "CDK_") if isolated else ()
    inherited = {name: value for name, value in os.environ.items() if name == VALIDATION or not name.startswith(hidden)}
    path = f"{root / '.venv' / 'bin'}{os.pathsep}{inherited.get('PATH', os.defpath)}"
    return {**inherited, "PATH": path, **variables}


def run_in_group(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    output: IO[bytes] | int | None,
    errors: IO[bytes] | int | None,
) -> subprocess.CompletedProcess[str]:
    """Run a command in a new process group, so that an interrupt also ends the Python and Node processes it starts.

    Args:
        command: program and arguments.
        folder: working directory.
        environment: all environment variables of the command.
        output: standard output: a file, `subprocess.PIPE`, or None to inherit it.
        errors: standard error, with the same choices.
    """
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = process.communicate()
    except BaseException:
        end_group(process)
        raise
    return subprocess.CompletedProcess(list(command), process.returncode, out, err)


def end_group(process: subprocess.Popen[Any]) -> None:
    """End a process and its group: SIGTERM, then SIGKILL for what is left after the grace period.

    Args:
        process: the leader of the group.
    """
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
