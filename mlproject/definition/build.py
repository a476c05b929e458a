"""Build a definition with the SageMaker SDK, in the SDK's own environment, and write it with its lock file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Literal

from mlproject.definition import sources
from mlproject.definition.document import (
    DEFINITION_FILE,
    LOCK_FILE,
    SOURCE_FILE,
    fn_sub_string,
    pipeline_names,
    read_definition,
)
from mlproject.definition.images.aws_images import TABLE, image_regions
from mlproject.definition.images.check_images import CHECK_TABLE
from mlproject.definition.placeholders import name_hint
from mlproject.definition.validate import check_definition
from mlproject.errors import UserError
from mlproject.files import write_atomically

ENVIRONMENT = ".venv-pipelines"
# A build takes about 10 seconds. The limit also allows for a machine that is ten times slower.
BUILD_SECONDS = 180
# Exit code of pipeline_builder.offline.main if pipeline.py asks for an image that does not exist.
INVALID = 2


Change = Literal["new", "changed", "unchanged"]


def build_definition(name: str, *, root: Path) -> Change:
    """Build pipelines/<name>/definition.json and its lock file.

    Args:
        name: the pipeline's folder.
        root: the project's root.

    Returns:
        What happened to definition.json.

    Raises:
        UserError: no such pipeline, no SDK, or a definition that SageMaker would reject. Nothing is written then.
    """
    folder = pipeline_folder(name, root=root)
    text = definition_text(name, root=root)
    findings = check_definition(json.loads(text))
    if findings:
        raise UserError(
            "\n".join(f"{folder / SOURCE_FILE}: {finding}" for finding in findings), topic="pipeline-build-failed"
        )
    path = folder / DEFINITION_FILE
    change = _change(path, text)
    lock = {
        **sources.fingerprint(folder / SOURCE_FILE, root=root),
        "definition": sources.sha256(text.encode()),
    }
    write_atomically(path, text)
    write_atomically(folder / LOCK_FILE, _pretty(lock))
    fn_sub_string(read_definition(folder), parameters={})  # reports unknown placeholders now, not at the next synth
    return change


def definition_text(name: str, *, root: Path) -> str:
    """Return the definition that pipelines/<name>/pipeline.py builds, in the format of definition.json."""
    document = _run(f"pipelines.{name}.pipeline", root=root)
    text = _pretty({key: value for key, value in document.items() if value is not None})
    leaks = {match[0] for match in _leaks().finditer(text)}
    if leaks:
        raise UserError(
            f"pipelines/{name}/{SOURCE_FILE}: the definition contains {', '.join(sorted(leaks))}, which is specific "
            "to one environment. Use a placeholder instead, such as ${Role} or ${DataBucket}, or a pipeline parameter "
            "without a default.",
            topic="pipeline-build-failed",
        )
    return text


def images_text(*, root: Path) -> str:
    """Return the table of images of the installed SDK, in the format of images.json."""
    return _pretty(_run("pipeline_builder.image_table", root=root))


def check_images_text(*, root: Path) -> str:
    """Return the table of the images of checks of the installed SDK, in the format of check_images.json."""
    return _pretty(_run("pipeline_builder.check_image_table", root=root))


def write_images(*, root: Path) -> dict[str, Change]:
    """Write the tables of images, and return what happened to each file."""
    texts = {TABLE: images_text(root=root), CHECK_TABLE: check_images_text(root=root)}
    changes = {path.name: _change(path, text) for path, text in texts.items()}
    for path, text in texts.items():
        write_atomically(path, text)
    return changes


def _change(path: Path, text: str) -> Change:
    if not path.is_file():
        return "new"
    return "unchanged" if path.read_text() == text else "changed"


def pipeline_folder(name: str, *, root: Path) -> Path:
    """Return the folder of a pipeline.

    Raises:
        UserError: the pipeline does not exist, or Python cannot import its folder.
    """
    names = pipeline_names(root / "pipelines")
    if name not in names and root.joinpath("pipelines", name).is_dir():
        raise UserError(
            f"pipelines/{name}: {SOURCE_FILE}, which builds the pipeline, is missing. Write it.",
            topic="pipeline-build-failed",
        )
    if name not in names:
        raise UserError(f"pipelines/{name}: no such pipeline. {name_hint(name, names)}", topic="unknown-name")
    if not name.isidentifier():
        raise UserError(
            f"pipelines/{name}: Python imports the folder of a pipeline. Use only letters, digits and _.",
            topic="pipeline-build-failed",
        )
    return root / "pipelines" / name


def _run(module: str, *, root: Path) -> dict[str, Any]:
    """Run a module in the SDK's environment, isolated from the user's settings, and parse its output."""
    python = root / ENVIRONMENT / "bin" / "python"
    # scripts/install writes this file last.
    if not (root / ENVIRONMENT / ".installed").exists():
        raise UserError(
            f"{root / ENVIRONMENT}: the SageMaker SDK is not fully installed. Run `make pipelines`.",
            topic="not-installed",
        )
    with tempfile.TemporaryDirectory() as home:
        clean = {"PATH": os.defpath, "HOME": home, "LANG": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0"}
        try:
            done = subprocess.run(
                [python, "-s", "-m", module],
                cwd=root,
                env=clean,
                capture_output=True,
                text=True,
                timeout=BUILD_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise UserError(
                f"{module}: timed out after {BUILD_SECONDS} s. Try again.", exit_code=1, topic="pipeline-build-failed"
            ) from error
    if done.returncode == INVALID and done.stderr.strip():
        raise UserError(
            f"{module.replace('.', '/')}.py:{done.stderr.strip().splitlines()[-1]}", topic="pipeline-build-failed"
        )
    if done.returncode:
        raise UserError(
            f"{module}: failed in {ENVIRONMENT}:\n{_last_lines(done.stderr)}",
            exit_code=1,
            topic="pipeline-build-failed",
        )
    try:
        document: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise UserError(
            f"{module}: invalid JSON output ({error}). Print only the definition.",
            exit_code=1,
            topic="pipeline-build-failed",
        ) from error
    return document


def _last_lines(text: str, count: int = 15) -> str:
    return "\n".join(f"  {line}" for line in text.strip().splitlines()[-count:])


def _leaks() -> re.Pattern[str]:
    """Return the pattern of values that must not be in a definition: regions, accounts and the build's dummy values."""
    return re.compile(rf"\b(?:{'|'.join(image_regions())})\b|\b\d{{12}}\b|\bsentinel\b")


def _pretty(document: Any) -> str:
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
