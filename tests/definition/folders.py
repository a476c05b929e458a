"""Pipeline folders for tests: the committed one, and copies in a project of their own that a test may change."""

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
    """The committed definition, to be changed at will."""
    return copy.deepcopy(dict(committed().document))


def copied(root: Path) -> Path:
    """A project root with what a definition is built from; returns the pipeline's folder in it."""
    for package in ("pipelines", "pipeline_builder"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "requirements").mkdir()
    shutil.copy(ROOT / "requirements" / "pipelines.txt", root / "requirements")
    (root / "environments.yaml").touch()
    return root / "pipelines" / "flight_delays"


def lock(folder: Path) -> None:
    """Record the folder's definition as what its sources build, without building it."""
    definition = (folder / DEFINITION_FILE).read_bytes()
    record = {
        **fingerprint(folder / SOURCE_FILE, root=folder.parents[1]),
        "definition": hashlib.sha256(definition).hexdigest(),
    }
    (folder / LOCK_FILE).write_text(json.dumps(record))


def small(root: Path, document: dict[str, Any], *scripts: str) -> Path:
    """A pipeline folder with the given definition and empty scripts."""
    folder = root / "pipelines" / "small"
    (folder / "steps").mkdir(parents=True)
    for script in scripts:
        (folder / "steps" / script).touch()
    (folder / "pipeline.py").touch()
    (folder / "definition.json").write_text(json.dumps(document))
    return folder
