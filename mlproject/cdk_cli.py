"""The pinned CDK CLI of a checkout, run as a person runs it, in a process group that ends with us."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from mlproject.errors import UserError

# How long a command that is told to end may take to tidy up; CloudFormation goes on by itself in any case.
GRACE_SECONDS = 5.0


def cdk_program(root: Path) -> str:
    """The CDK CLI of a checkout.

    Raises:
        UserError: it is not installed.
    """
    program = root / "node_modules" / ".bin" / "cdk"
    if not program.exists():
        raise UserError(f"{program}: the CDK CLI is not installed; run make install.")
    return str(program)


def cdk_environment(root: Path, variables: Mapping[str, str], *, isolated: bool) -> dict[str, str]:
    """The environment variables of a command that reaches AWS, or the embedded AWS.

    Args:
        root: the checkout, whose Node and Python come first on PATH.
        variables: what leads to the AWS that is meant (endpoint, credentials, region).
        isolated: whether the process's own variables for AWS and CDK stay away.
    """
    hidden = ("AWS_", "CDK_") if isolated else ()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
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
    """Run a command in a process group of its own: it starts Python and Node, and all of them must end with us.

    Args:
        folder: where it runs.
        environment: all its environment variables.
        output: where its standard output goes: a file, `subprocess.PIPE`, or None for ours.
        errors: the same for its standard error.
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
        _end(process)
        raise
    return subprocess.CompletedProcess(list(command), process.returncode, out, err)


def _end(process: subprocess.Popen[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
