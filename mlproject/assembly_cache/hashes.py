"""Hashes of values, files and installed packages."""

from __future__ import annotations

import hashlib
import json
import platform
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_IGNORED_FOLDERS = frozenset({"__pycache__"})


def hash_values(*values: Any) -> str:
    """Return the SHA-256 of values that JSON can represent."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def hash_files(root: Path, names: Iterable[str]) -> str:
    """Return the SHA-256 of the names and contents of files.

    Args:
        root: the folder to which the names are relative.
        names: files, and folders with all the files below them. Missing ones count as missing.
    """
    digest = hashlib.sha256()
    for name in names:
        for path in _files(root / name):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def hash_installed_packages() -> str:
    """Return a hash of the versions of Python and of all installed packages, of which Node is one."""
    packages = Path(sysconfig.get_path("purelib"))
    return hash_values(platform.python_version(), sorted(path.name for path in packages.glob("*.dist-info")))


def _files(path: Path) -> list[Path]:
    """Return the files at or below a path, sorted. A link to a folder is followed."""
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if not _IGNORED_FOLDERS.intersection(file.parts) and file.is_file())
