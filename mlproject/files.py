"""Write files atomically, refuse those of a newer version, and find the project's root."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlproject import __version__
from mlproject.errors import UserError
from mlproject.translation import Message

# The key of a file's format number. A file of release 0.1.0 has none, which means 1.
FORMAT = "format"


def require_format(content: Mapping[str, Any], path: Path, *, known: int) -> None:
    """Refuse a file whose format another version of mlproject introduced.

    Args:
        content: the parsed file.
        path: the file.
        known: the only format that the caller reads.

    Raises:
        UserError: the file has another format.
    """
    found = content.get(FORMAT, 1)
    if found != known:
        raise UserError(
            Message(
                "{path}: has format {found}, but mlproject {version} reads format {known}. Use the version of "
                "mlproject that wrote it, or a newer one.",
                path=path,
                found=found,
                version=__version__,
                known=known,
            ),
            topic="other-version",
        )


def write_atomically(path: Path, content: str | bytes, *, durable: bool = True) -> None:
    """Write a temporary file in the same folder, then rename it, so that an interruption leaves no partial file.

    Args:
        path: the file.
        content: its content.
        durable: whether to wait until the content is on the disk. A cache whose content is verified need not.

    Raises:
        UserError: the file cannot be written, such as on a full disk. An existing file is unchanged.
    """
    data = content.encode() if isinstance(content, str) else content
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = file.name
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise UserError(
            Message(
                "{path}: cannot be written ({reason}). Free disk space or fix the permissions, and run the command "
                "again.",
                path=path,
                reason=reason,
            ),
            exit_code=1,
            topic="file-not-writable",
        ) from error


def _umask() -> int:
    """Return the user's umask, since a temporary file is readable only by its owner."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def project_root(start: Path | None = None) -> Path:
    """Return the closest folder that contains environments.yaml, from `start` (default: the current folder) upwards.

    Raises:
        UserError: there is no such folder.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "environments.yaml").is_file():
            return folder
    raise UserError(
        Message(
            "{folder}: no environments.yaml here or in a parent folder. Run the command in a project's checkout.",
            folder=here,
        ),
        topic="no-checkout",
    )
