"""Replace files atomically, also on a full volume."""

from __future__ import annotations

import errno
from pathlib import Path

VOLUME = Path.home() / "SageMaker"
STATE = VOLUME / ".mlproject"


def write_atomically(path: Path, text: str) -> None:
    """Replace a file, so that a reader sees the old or the new text.

    Raises:
        OSError: the new text cannot be written. The old one is unchanged.
    """
    # People see what is in the folder of the volume, and its files are saved.
    folder = STATE if path.parent == VOLUME else path.parent
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f".{path.name}.new"
    try:
        new.write_text(text)
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def write_in_any_case(path: Path, text: str) -> None:
    """Replace a file, and overwrite it if the volume is too full for a second one. Readers may then see half of it."""
    try:
        write_atomically(path, text)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        path.write_text(text)
