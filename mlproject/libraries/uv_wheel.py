"""The wheel of uv, with which notebook instances and EMR nodes install their libraries."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from mlproject.errors import UserError
from mlproject.libraries.lists import LibraryList
from mlproject.libraries.lock import Pin, Wheel
from mlproject.libraries.resolve import resolve, uv_program
from mlproject.libraries.wheels import fetch


def find_uv(library_list: LibraryList) -> Wheel | None:
    """Return the wheel of this machine's version of uv for the target of a list; None if the index has none.

    Args:
        library_list: the list, which determines the platform.

    Raises:
        UserError: the index cannot be reached, or the wheel does not match its hash.
    """
    wanted = replace(library_list, requirements=(f"uv=={_uv_version()}",), lines=(), hashes={})
    try:
        lock = resolve(wanted, known=None)
    except UserError as error:
        if error.exit_code == 1:
            raise
        return None
    with tempfile.TemporaryDirectory(prefix="mlproject-uv-") as folder:
        return next(iter(fetch(wanted, lock.pins, Path(folder))), None)


def uv_pin(wheel: Wheel) -> Pin:
    """Return the pin with which the wheel of uv in a lock is downloaded."""
    return Pin(name="uv", version=wheel.file.split("-")[1], hashes=frozenset({wheel.sha256}))


def _uv_version() -> str:
    return subprocess.run([uv_program(), "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
