"""Build a definition with the SageMaker SDK, in the SDK's own environment, and write it as the pipeline's lock."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from mlproject.definition import sources
from mlproject.definition.document import DEFINITION_FILE, LOCK_FILE, SOURCE_FILE, pipeline_names, read, substitution
from mlproject.definition.images import TABLE, image_regions
from mlproject.definition.placeholders import nearest
from mlproject.definition.validate import check
from mlproject.errors import UserError
from mlproject.files import write_atomically

ENVIRONMENT = ".venv-pipelines"
# A build takes about ten seconds; a machine that is ten times slower still ends.
BUILD_SECONDS = 180


def build(name: str, *, root: Path) -> bool:
    """Build pipelines/<name>/definition.json and its lock file.

    Args:
        name: the pipeline's folder.
        root: the project's root.

    Returns:
        Whether definition.json changed.

    Raises:
        UserError: no such pipeline, no SDK, or a definition that the service would refuse; nothing is written then.
    """
    folder = pipeline_folder(name, root=root)
    text = definition_text(name, root=root)
    findings = check(json.loads(text))
    if findings:
        raise UserError("\n".join(f"{folder / SOURCE_FILE}: {finding}" for finding in findings))
    path = folder / DEFINITION_FILE
    changed = not path.is_file() or path.read_text() != text
    lock = {
        **sources.fingerprint(folder / SOURCE_FILE, root=root),
        "definition": sources.sha256(text.encode()),
    }
    write_atomically(path, text)
    write_atomically(folder / LOCK_FILE, _pretty(lock))
    substitution(read(folder), parameters={})  # placeholders outside the closed list show now, not at the next synth
    return changed


def definition_text(name: str, *, root: Path) -> str:
    """What pipelines/<name>/pipeline.py builds, as definition.json holds it: sorted, indented, free of leaks."""
    document = _run(f"pipelines.{name}.pipeline", root=root)
    text = _pretty({key: value for key, value in document.items() if value is not None})
    leaks = {match[0] for match in _leaks().finditer(text)}
    if leaks:
        raise UserError(
            f"pipelines/{name}/{SOURCE_FILE}: the definition holds {', '.join(sorted(leaks))}, which belongs to one "
            "environment; put a placeholder there, such as ${Role} or ${DataBucket}."
        )
    return text


def images_text(*, root: Path) -> str:
    """The table of images as the installed SDK knows it, as images.json holds it."""
    return _pretty(_run("pipeline_builder.image_table", root=root))


def write_images(*, root: Path) -> bool:
    """Write the table of images; tells whether it changed."""
    text = images_text(root=root)
    changed = not TABLE.is_file() or TABLE.read_text() != text
    write_atomically(TABLE, text)
    return changed


def pipeline_folder(name: str, *, root: Path) -> Path:
    """The folder of a pipeline.

    Raises:
        UserError: there is none of that name; names the nearest.
    """
    names = pipeline_names(root / "pipelines")
    if name not in names:
        raise UserError(f"pipelines/{name}: there is no such pipeline; {nearest(name, names)}")
    if not name.isidentifier():
        raise UserError(f"pipelines/{name}: a pipeline's folder is imported by Python; use letters, digits and _.")
    return root / "pipelines" / name


def _run(module: str, *, root: Path) -> dict[str, Any]:
    """Run a module of pipelines/ in the SDK's environment, shut off from the user's, and parse what it prints."""
    python = root / ENVIRONMENT / "bin" / "python"
    if not python.exists():
        raise UserError(f"{root / ENVIRONMENT}: there is no environment with the SageMaker SDK; run `make pipelines`.")
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
            raise UserError(f"{module}: not built after {BUILD_SECONDS} s; try again.", exit_code=1) from error
    if done.returncode:
        raise UserError(f"{module}: failed in {ENVIRONMENT}:\n{_last_lines(done.stderr)}", exit_code=1)
    try:
        document: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise UserError(f"{module}: printed no JSON ({error}); print only the definition.", exit_code=1) from error
    return document


def _last_lines(text: str, count: int = 15) -> str:
    return "\n".join(f"  {line}" for line in text.strip().splitlines()[-count:])


def _leaks() -> re.Pattern[str]:
    """A region, an account, or a stand-in of the build."""
    return re.compile(rf"\b(?:{'|'.join(image_regions())})\b|\b\d{{12}}\b|\bsentinel\b")


def _pretty(document: Any) -> str:
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
