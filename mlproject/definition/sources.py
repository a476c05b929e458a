"""Hash the sources of a definition: pipeline.py, the modules that it imports, and the versions of the SDK."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from mlproject.errors import UserError

# Packages whose modules are sources of a definition.
PACKAGES = ("pipelines", "pipeline_builder")
SDK_LOCK = Path("requirements", "pipelines.txt")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def source_files(pipeline: Path, *, root: Path) -> tuple[Path, ...]:
    """Return pipeline.py and all modules of PACKAGES that it imports, directly or indirectly, sorted.

    Args:
        pipeline: path of pipeline.py.
        root: the folder that contains the packages.
    """
    files: set[Path] = set()
    pending = [pipeline]
    while pending:
        file = pending.pop()
        if file in files:
            continue
        files.add(file)
        pending.extend(_imported(file, root=root))
    return tuple(sorted(files))


def _imported(file: Path, *, root: Path) -> list[Path]:
    try:
        tree = ast.parse(file.read_bytes(), filename=str(file))
    except (OSError, SyntaxError) as error:
        raise UserError(f"{file}: cannot be parsed as Python ({error}).") from error
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
            files += [each for each in (path.with_suffix(".py"), path / "__init__.py") if each.is_file()]
    return files


def _package(node: ast.ImportFrom, *, file: Path, root: Path) -> str:
    """Return the absolute name of the package in `from package import ...`, also for relative imports."""
    if not node.level:
        return node.module or ""
    folder = file.parents[node.level - 1]
    parts = [*folder.relative_to(root).parts, *([node.module] if node.module else [])]
    return ".".join(parts)


def sdk_versions(root: Path) -> dict[str, str]:
    """Return the versions of the SageMaker SDK's packages in the lock file that the build installs.

    Raises:
        UserError: the lock file cannot be read or does not contain the SDK.
    """
    try:
        text = (root / SDK_LOCK).read_text()
    except OSError as error:
        raise UserError(f"{root / SDK_LOCK}: cannot be read ({error.strerror}). Run `make lock`.") from error
    versions = dict(re.findall(r"^(sagemaker[\w-]*)==(\S+)", text, flags=re.MULTILINE))
    if "sagemaker" not in versions:
        raise UserError(f"{root / SDK_LOCK}: does not pin sagemaker. Run `make lock`.")
    return versions


def fingerprint(pipeline: Path, *, root: Path) -> dict[str, Any]:
    """Return the hashes of the sources, the versions of the SDK and one hash over both, as recorded in the lock file.

    It does not include the scripts in steps/, which the stack deploys as assets by their content.
    """
    parts = {
        "sdk": sdk_versions(root),
        "sources": {
            file.relative_to(root).as_posix(): sha256(file.read_bytes()) for file in source_files(pipeline, root=root)
        },
    }
    return {"hash": sha256(json.dumps(parts, sort_keys=True).encode()), **parts}
