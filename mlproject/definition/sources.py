"""Hash what a definition is built from: pipeline.py, the modules that it imports, and the SDK."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from mlproject.errors import UserError

# The packages whose modules shape a definition.
PACKAGES = ("pipelines", "pipeline_builder")
SDK_LOCK = Path("requirements", "pipelines.txt")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def source_files(pipeline: Path, *, root: Path) -> tuple[Path, ...]:
    """pipeline.py and every module of PACKAGES that it imports, directly or through another, sorted.

    Args:
        pipeline: the pipeline.py.
        root: the folder that holds the packages.
    """
    found: set[Path] = set()
    waiting = [pipeline]
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found.add(file)
        waiting.extend(_imported(file, root=root))
    return tuple(sorted(found))


def _imported(file: Path, *, root: Path) -> list[Path]:
    try:
        tree = ast.parse(file.read_bytes(), filename=str(file))
    except (OSError, SyntaxError) as error:
        raise UserError(f"{file}: cannot be read as Python ({error}).") from error
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = _package(node, file=file, root=root)
            modules.add(package)
            modules.update(f"{package}.{alias.name}" for alias in node.names)
    files: list[Path] = []
    for module in modules:
        if module.split(".")[0] in PACKAGES:
            path = root.joinpath(*module.split("."))
            files += [found for found in (path.with_suffix(".py"), path / "__init__.py") if found.is_file()]
    return files


def _package(node: ast.ImportFrom, *, file: Path, root: Path) -> str:
    """The absolute name of what stands after `from`, also for `from . import x`."""
    if not node.level:
        return node.module or ""
    folder = file.parents[node.level - 1]
    parts = [*folder.relative_to(root).parts, *([node.module] if node.module else [])]
    return ".".join(parts)


def sdk_versions(root: Path) -> dict[str, str]:
    """The locked versions of the SageMaker SDK's packages: the lock is what the build installs.

    Raises:
        UserError: there is no lock, or no SDK in it.
    """
    try:
        text = (root / SDK_LOCK).read_text()
    except OSError as error:
        raise UserError(f"{root / SDK_LOCK}: cannot be read ({error.strerror}); run `make lock`.") from error
    versions = dict(re.findall(r"^(sagemaker[\w-]*)==(\S+)", text, flags=re.MULTILINE))
    if "sagemaker" not in versions:
        raise UserError(f"{root / SDK_LOCK}: no sagemaker==... in it; run `make lock`.")
    return versions


def fingerprint(pipeline: Path, *, root: Path) -> dict[str, Any]:
    """The sources' hashes, the SDK's versions and one hash over both: what the lock file records.

    The scripts in steps/ are not part of it: the stack deploys them as assets, by content.
    """
    parts = {
        "sdk": sdk_versions(root),
        "sources": {
            file.relative_to(root).as_posix(): sha256(file.read_bytes()) for file in source_files(pipeline, root=root)
        },
    }
    return {"hash": sha256(json.dumps(parts, sort_keys=True).encode()), **parts}
