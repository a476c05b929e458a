"""A checkout of the example platform without the SageMaker SDK, and `mlproject` run in it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.checkouts import ROOT, inherited_variables
from tests.mlproject_command import run_mlproject

REQUIRED = ("--owner", "team@example.com", "--cost-centre", "CC-7")


def mlproject(
    root: Path, *arguments: str, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """`mlproject ARGUMENTS` without a terminal."""
    return run_mlproject(*arguments, folder=root, variables=variables or {})


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    return {**inherited_variables(), "PYTHONPATH": str(ROOT), **(variables or {})}


def synthesize(root: Path, assembly: Path, **context: str) -> None:
    """Run the app of a checkout."""
    variables = {"CDK_OUTDIR": str(assembly), "CDK_CONTEXT_JSON": json.dumps(context)}
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=root, env=environment(variables), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def files(root: Path) -> dict[str, bytes]:
    """The content of every file that a team writes, by path."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for folder in ("projects", "pipelines", "data", ".mlproject")
        for path in (root / folder).rglob("*")
        if path.is_file()
    }
