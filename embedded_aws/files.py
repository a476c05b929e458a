"""Write the server's own files so that an interruption leaves the old file or the new one, never half of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from embedded_aws.errors import EmbeddedAwsError

# The end of the names of temporary files.
_TEMPORARY = ".new"


def write_private_file(path: Path, content: str) -> None:
    """Replace a file atomically; only its owner can read it.

    Raises:
        EmbeddedAwsError: the file cannot be written; an earlier one stays as it was.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_TEMPORARY)
        with os.fdopen(descriptor, "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise EmbeddedAwsError(
            f"{path}: cannot be written ({error.strerror}); free space or correct the permissions, then repeat the "
            "command.",
            exit_code=1,
        ) from error


def remove_temporary_files(folder: Path) -> None:
    """Remove what killed processes have left of files in a folder, in which no other process writes now."""
    for path in folder.glob(f".*{_TEMPORARY}"):
        path.unlink(missing_ok=True)
