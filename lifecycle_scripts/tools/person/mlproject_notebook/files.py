"""Replace files atomically, also on a full volume."""

from __future__ import annotations

import errno
import os
from pathlib import Path

VOLUME = Path.home() / "SageMaker"
STATE = VOLUME / ".mlproject"


def write_atomically(path: Path, text: str, *, keep_time: bool = False) -> None:
    """Replace a file, so that a reader sees the old or the new text.

    Args:
        path: path of the file.
        text: its new content.
        keep_time: whether an existing file keeps its time, since the idle check takes a newer file for work.

    Raises:
        OSError: the new text cannot be written. The old one is unchanged.
    """
    # People see what is in the folder of the volume, and its files are saved.
    folder = STATE if path.parent == VOLUME else path.parent
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f".{path.name}.new"
    try:
        new.write_text(text)
        if keep_time and path.exists():
            before = path.stat()
            os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def write_in_any_case(path: Path, text: str, *, keep_time: bool = False) -> None:
    """Replace a file, and overwrite it if the volume is too full for a second one. Readers may then see half of it."""
    try:
        write_atomically(path, text, keep_time=keep_time)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        path.write_text(text)
