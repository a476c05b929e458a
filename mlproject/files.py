"""Writing files so that an interruption leaves the old file or the new one, never half of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mlproject.errors import UserError


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file under a temporary name beside it, then rename it.

    Raises:
        UserError: the file cannot be written (no space, no permission); what was there stays.
    """
    data = content.encode() if isinstance(content, str) else content
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = file.name
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise UserError(
            f"{path}: cannot be written ({reason}); free space or mend the permissions, then repeat the command.",
            exit_code=1,
        ) from error


def _umask() -> int:
    """What the user's other files are made with; a temporary file is its owner's alone."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def project_root(start: Path | None = None) -> Path:
    """The nearest folder, from `start` (the current one) upwards, that holds an environments.yaml.

    Raises:
        UserError: there is none.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "environments.yaml").is_file():
            return folder
    raise UserError(f"{here}: no environments.yaml here or above; run the command inside the project's checkout.")
