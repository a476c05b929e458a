"""Create the lock of a list: versions by uv, wheels by pip, sizes from the wheels, and the wheel of uv itself."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from mlproject.libraries.lists import LibraryList
from mlproject.libraries.lock import is_edited, read_lock, reusable_wheels
from mlproject.libraries.resolve import resolve
from mlproject.libraries.uv_wheel import find_uv
from mlproject.libraries.wheel_sizes import measure_wheel
from mlproject.libraries.wheels import fetch


def create_lock(
    library_list: LibraryList, *, upgrade: bool, progress: Callable[[str], None] = lambda _message: None
) -> str:
    """Return the text of a list's new lock. Only wheels that the present lock does not contain are downloaded.

    Args:
        library_list: the list.
        upgrade: whether to select the newest versions instead of those of the present lock.
        progress: called with what happens next.

    Raises:
        UserError: there is no solution, or the index cannot be reached.
    """
    known = None
    if library_list.lock_path.is_file():
        text = library_list.lock_path.read_text(encoding="utf-8", errors="replace")
        known = None if is_edited(text) else text
    progress("resolving")
    lock = resolve(library_list, known=None if upgrade else known)
    kept = reusable_wheels(library_list, lock, known)
    have = {wheel.distribution for wheel in kept}
    missing = [pin for pin in lock.pins if pin.name not in have]
    if missing:
        progress(f"downloading {len(missing)} wheels to measure them")
    with tempfile.TemporaryDirectory(prefix="mlproject-wheels-") as folder:
        files = fetch(library_list, missing, Path(folder))
        measured = [measure_wheel(wheel, path) for wheel, path in files.items()]
    locked = lock.with_wheels([*kept, *measured])
    locked = replace(locked, uv=(read_lock(known).uv if known and not upgrade else None) or find_uv(library_list))
    if locked.uv is None:
        progress("the index has no wheel of uv, so the list is installed with pip, which takes longer")
    return locked.text(library_list)
