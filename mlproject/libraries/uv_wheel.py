"""The wheel of uv, with which a notebook instance installs its libraries."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

from mlproject.errors import UserError
from mlproject.libraries.lists import LibraryList
from mlproject.libraries.lock import Lock, Wheel
from mlproject.libraries.resolve import resolve, uv_program
from mlproject.libraries.wheels import fetch


def uv_version() -> str:
    """Return the version of uv on this machine, which a notebook instance uses too."""
    return subprocess.run([uv_program(), "--version"], capture_output=True, text=True, check=True).stdout.split()[1]


def pushed_uv(pushed: Lock, version: str) -> Wheel | None:
    """Return the wheel of uv in the pushed list if it has this version."""
    return pushed.uv if pushed.uv and pushed.uv.file.split("-")[1] == version else None


def fetch_uv(library_list: LibraryList, version: str, folder: Path) -> dict[Wheel, Path]:
    """Download the wheel of uv for the target of a list.

    Args:
        library_list: the list, which determines the platform.
        version: the version of uv.
        folder: an empty folder.

    Returns:
        The wheel and its path, or nothing if the index has no wheel of this version for the target.

    Raises:
        UserError: the index cannot be reached, or the wheel does not match its hash.
    """
    wanted = replace(library_list, requirements=(f"uv=={version}",), hashes={})
    try:
        lock = resolve(wanted, known=None)
    except UserError as error:
        if error.exit_code == 1:
            raise
        return {}
    return fetch(wanted, lock.pins, folder)
