"""GitLab's schema of CI files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


def read_valid_pipeline(file: Path) -> dict[str, Any]:
    """Validate a CI file against GitLab's schema, and return it."""
    schema = ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"]
    tool = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run([tool, *schema, file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    # GitLab's tag !reference is not one of YAML's own.
    pipeline: dict[str, Any] = YAML().load(file)
    return pipeline
