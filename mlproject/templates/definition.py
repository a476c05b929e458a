"""The definition of the pipeline template, built in advance, so that a new project needs no SageMaker SDK.

The template's definition is built for a pipeline with placeholder names, and committed with its lock file. It is valid
for a new project as long as its sources are unchanged: the template of pipeline.py, pipeline_builder and the SDK.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlproject.definition import sources
from mlproject.definition.build import ENVIRONMENT, build_definition
from mlproject.definition.document import DEFINITION_FILE, LOCK_FILE, SOURCE_FILE
from mlproject.errors import UserError
from mlproject.files import write_atomically
from mlproject.templates.rendering import FILES, render

FOLDER = FILES / "pipeline"
# What a definition is built from, beside the pipeline's folder.
SOURCES = ("pipeline_builder", "requirements", ENVIRONMENT)
# The names in the committed definition. A new project's names replace them.
TEMPLATE_PIPELINE, TEMPLATE_TARGET, TEMPLATE_VERSION = "template_pipeline", "template_target", "template-version"


def render_source(*, pipeline: str, target: str, data_version: str) -> str:
    """Return the text of pipeline.py.

    Args:
        pipeline: the pipeline's folder.
        target: the column to predict.
        data_version: the version in data.json.
    """
    values = {
        "title": pipeline.replace("_", " ").capitalize(),
        "pipeline": pipeline,
        "target": json.dumps(target, ensure_ascii=False),
        "data_version": json.dumps(data_version),
    }
    return render("pipeline/pipeline.py.txt", values)


def write_definition(*, pipeline: str, target: str, data_version: str, root: Path) -> None:
    """Write the definition and its lock file for the pipeline.py of a new pipeline.

    The committed definition is used if it is current. Otherwise the SDK builds the definition.

    Args:
        pipeline: the pipeline's folder, which contains pipeline.py.
        target: as in pipeline.py.
        data_version: as in pipeline.py.
        root: a checkout, or a folder with its SOURCES.

    Raises:
        UserError: the committed definition is not current, and the SDK is not installed.
    """
    if not is_template_current(root=root):
        if not (root / ENVIRONMENT).exists():
            raise UserError(
                "the definition of the template is older than pipeline_builder/ or the SageMaker SDK in requirements/, "
                "so the SDK must build it. Run `make pipelines`, then run the command again."
            )
        build_definition(pipeline, root=root)
        return
    names = {TEMPLATE_PIPELINE: pipeline, TEMPLATE_TARGET: target, TEMPLATE_VERSION: data_version}
    text = re.sub(
        "|".join(names),
        lambda match: json.dumps(names[match[0]], ensure_ascii=False)[1:-1],  # inside a string of the JSON text
        (FOLDER / DEFINITION_FILE).read_text(encoding="utf-8"),
    )
    folder = root / "pipelines" / pipeline
    lock = {
        **sources.fingerprint(folder / SOURCE_FILE, root=root),
        "definition": sources.sha256(text.encode()),
    }
    write_atomically(folder / DEFINITION_FILE, text)
    write_atomically(folder / LOCK_FILE, json.dumps(lock, indent=2, sort_keys=True) + "\n")


def is_template_current(*, root: Path) -> bool:
    """Return whether the committed definition is what a checkout's SDK and pipeline_builder build."""
    if not (FOLDER / DEFINITION_FILE).is_file() or not (FOLDER / LOCK_FILE).is_file():
        return False
    lock: dict[str, Any] = json.loads((FOLDER / LOCK_FILE).read_text())
    definition_hash = sources.sha256((FOLDER / DEFINITION_FILE).read_bytes())
    with _template_checkout(root) as folder:
        current = sources.fingerprint(folder / "pipelines" / TEMPLATE_PIPELINE / SOURCE_FILE, root=folder)
    return bool(lock.get("hash") == current["hash"] and lock.get("definition") == definition_hash)


def build_template(*, root: Path) -> bool:
    """Build the committed definition with the SDK, and return whether it changed.

    Raises:
        UserError: there is no SDK, or the template builds a definition that SageMaker would reject.
    """
    before = (FOLDER / DEFINITION_FILE).read_bytes() if (FOLDER / DEFINITION_FILE).is_file() else b""
    with _template_checkout(root) as folder:
        build_definition(TEMPLATE_PIPELINE, root=folder)
        for name in (DEFINITION_FILE, LOCK_FILE):
            write_atomically(FOLDER / name, (folder / "pipelines" / TEMPLATE_PIPELINE / name).read_bytes())
    return (FOLDER / DEFINITION_FILE).read_bytes() != before


def link_sources(root: Path, folder: Path) -> None:
    """Link what a definition is built from into a folder."""
    for name in SOURCES:
        if (root / name).exists():
            (folder / name).symlink_to((root / name).resolve(), target_is_directory=True)


@contextmanager
def _template_checkout(root: Path) -> Iterator[Path]:
    """Yield a folder in which the template can be built: a pipeline with placeholder names."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        link_sources(root, folder)
        pipeline = folder / "pipelines" / TEMPLATE_PIPELINE
        (pipeline / "steps").mkdir(parents=True)
        for package in (pipeline.parent, pipeline):
            (package / "__init__.py").touch()
        for script in (FOLDER / "steps").glob("*.py"):
            (pipeline / "steps" / script.name).write_bytes(script.read_bytes())
        text = render_source(pipeline=TEMPLATE_PIPELINE, target=TEMPLATE_TARGET, data_version=TEMPLATE_VERSION)
        (pipeline / SOURCE_FILE).write_text(text, encoding="utf-8")
        yield folder
