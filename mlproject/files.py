"""Write files atomically, refuse those of a newer version, and find the project's root."""

from __future__ import annotations

import glob
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlproject import __version__
from mlproject.errors import UserError
from mlproject.translation import Message

# The key of a file's format number. A file of release 0.1.0 has none, which means 1.
FORMAT = "format"
# The end of the names of temporary files.
TEMPORARY = ".part"
_TEMPORARY_NAME = re.compile(rf"\.(?P<pid>\d+)\.[0-9a-f]+{re.escape(TEMPORARY)}$")


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
    with _written(path, content, durable=durable) as temporary:
        temporary.replace(path)


def create_atomically(path: Path, content: str | bytes) -> bool:
    """Write a new file like `write_atomically`, and return False if it exists already.

    Raises:
        UserError: the file cannot be written.
    """
    with _written(path, content) as temporary:
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
    return True


def temporary_path(path: Path) -> Path:
    """Return the path of a new temporary file beside a file; `remove_abandoned_files` finds it."""
    return path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}{TEMPORARY}")


@contextmanager
def temporary_folder(path: Path) -> Iterator[Path]:
    """Yield a new temporary folder beside `path`, and remove it at the end, with those that killed processes left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_abandoned_files(path.parent, pattern=f".{glob.escape(path.name)}.*")
    folder = temporary_path(path)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned_files(folder: Path, *, pattern: str = "**/.*") -> None:
    """Remove the temporary files and folders in a folder whose processes have ended, such as by `kill -9`.

    Args:
        folder: the folder; with its subfolders unless `pattern` says otherwise.
        pattern: the beginning of the names, as in `Path.glob`.
    """
    for path in list(folder.glob(f"{pattern}{TEMPORARY}")):
        found = _TEMPORARY_NAME.search(path.name)
        if not found or _is_alive(int(found["pid"])):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def _written(path: Path, content: str | bytes, *, durable: bool = True) -> Iterator[Path]:
    """Return a complete temporary file beside `path`, which is removed at the end if it is still there.

    Raises:
        UserError: `path` cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    temporary = temporary_path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_abandoned_files(path.parent, pattern=f".{glob.escape(path.name)}.*")
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
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


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


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
