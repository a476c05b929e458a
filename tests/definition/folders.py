"""Pipeline folders for tests: the committed folder, and copies that a test may change."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from mlproject.definition import Definition, read_definition
from mlproject.definition.document import DEFINITION_FILE, LOCK_FILE, SOURCE_FILE
from mlproject.definition.sources import fingerprint

ROOT = Path(__file__).parents[2]
FLIGHT_DELAYS = ROOT / "pipelines" / "flight_delays"


def committed() -> Definition:
    return read_definition(FLIGHT_DELAYS)


def document() -> dict[str, Any]:
    """Return a copy of the committed definition, which a test may change."""
    return copy.deepcopy(dict(committed().document))


def copied(root: Path) -> Path:
    """Create a project root with the sources of a definition, and return the pipeline's folder in it."""
    for package in ("pipelines", "pipeline_builder"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "requirements").mkdir()
    shutil.copy(ROOT / "requirements" / "pipelines.txt", root / "requirements")
    (root / "environments.yaml").touch()
    return root / "pipelines" / "flight_delays"


def lock(folder: Path) -> None:
    """Write a lock file that marks the folder's definition as up to date."""
    definition = (folder / DEFINITION_FILE).read_bytes()
    record = {
        **fingerprint(folder / SOURCE_FILE, root=folder.parents[1]),
        "definition": hashlib.sha256(definition).hexdigest(),
    }
    (folder / LOCK_FILE).write_text(json.dumps(record))


def small(root: Path, document: dict[str, Any], *scripts: str) -> Path:
    """Create a pipeline folder with the given definition and empty scripts."""
    folder = root / "pipelines" / "small"
    (folder / "steps").mkdir(parents=True)
    for script in scripts:
        (folder / "steps" / script).touch()
    (folder / "pipeline.py").touch()
    (folder / "definition.json").write_text(json.dumps(document))
    return folder
