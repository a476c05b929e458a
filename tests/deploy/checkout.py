"""The project of the example platform, changed: a copy of what a team writes, synthesized with this checkout's code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.checkouts import ROOT, lay_out_example

Edit = Callable[[dict[str, Any]], None]


def synthesize(folder: Path, edit: Edit | None = None) -> Path:
    """The cloud assembly of everything in the environment `local`.

    Args:
        folder: a new one.
        edit: changes the content of projects/flights/project.yaml.
    """
    lay_out_example(folder)
    if edit:
        path = folder / "projects" / "flights" / "project.yaml"
        yaml = YAML(typ="safe")
        content = yaml.load(path)
        edit(content)
        yaml.dump(content, path)
    assembly = folder / "cdk.out"
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "CDK_OUTDIR": str(assembly),
            "CDK_CONTEXT_JSON": json.dumps({"environment": "local"}),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return assembly
