"""The real project, changed: a copy of what a team writes, synthesized with this checkout's code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
COPIED = ("app.py", "cdk.json", "environments.yaml")
Edit = Callable[[dict[str, Any]], None]


def synthesize(folder: Path, edit: Edit | None = None) -> Path:
    """The cloud assembly of everything in the environment `local`.

    Args:
        folder: a new one.
        edit: changes the content of projects/flights/project.yaml.
    """
    for name in COPIED:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    for name in ("projects", "requirements"):
        shutil.copytree(ROOT / name, folder / name)
    # The definition's record names its sources below the folder's parent.
    shutil.copytree(ROOT / "pipelines", folder / "pipelines", ignore=shutil.ignore_patterns("__pycache__"))
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
