"""Run the installed tools, and read their versions."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path

from audit.judge import JudgeError
from audit.subject import ROOT

# The environments of requirements/development.txt, requirements/audit.txt and requirements/prowler.txt.
DEVELOPMENT = ROOT / ".venv"
AUDIT = ROOT / ".venv-audit"
PROWLER = ROOT / ".venv-prowler"
# What installs them.
_COMMANDS = {DEVELOPMENT: "make audit", AUDIT: "make audit", PROWLER: "make audit JUDGES=prowler"}


def program(environment: Path, name: str) -> str:
    """Return the path of a program in an environment.

    Raises:
        JudgeError: it is not installed.
    """
    path = environment / "bin" / name
    if not path.exists():
        raise JudgeError(f"{path.relative_to(ROOT)} is not installed; run {_COMMANDS[environment]}, which installs it")
    return str(path)


def version(environment: Path, package: str) -> str:
    """Return the installed version of a package.

    Raises:
        JudgeError: it is not installed.
    """
    for folder in environment.glob("lib/python*/site-packages"):
        for found in distributions(name=package, path=[str(folder)]):
            return found.version
    raise JudgeError(
        f"{package} is not installed in {environment.name}; run {_COMMANDS[environment]}, which installs it"
    )


def run_tool(
    command: Sequence[str],
    *,
    ends_with: Sequence[int] = (0,),
    folder: Path = ROOT,
    input_text: str | None = None,
    variables: Mapping[str, str] | None = None,
) -> str:
    """Return what a tool prints.

    Args:
        command: the program and its arguments.
        ends_with: the exit codes of a complete run, with or without findings.
        folder: where it runs.
        input_text: its standard input.
        variables: environment variables in addition to those of this process.

    Raises:
        JudgeError: it ended with another exit code.
    """
    done = subprocess.run(
        command,
        cwd=folder,
        input=input_text,
        env={**os.environ, **(variables or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in ends_with:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines() or ["it printed nothing"]
        raise JudgeError(f"{Path(command[0]).name} ended with exit code {done.returncode}: {lines[-1]}")
    return done.stdout
