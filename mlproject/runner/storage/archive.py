"""Pack and unpack the tar.gz files of training jobs, reproducibly and safely."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path
from typing import IO

from mlproject.errors import UserError

# Fast rather than small: models are often compressed already.
_LEVEL = 1
_SKIPPED = {"__pycache__", ".git", ".mlproject", ".venv"}


def pack(folder: Path, target: IO[bytes]) -> None:
    """Pack the files of a folder as tar.gz, sorted and without timestamps or owners."""
    with (
        gzip.GzipFile(fileobj=target, mode="wb", compresslevel=_LEVEL, mtime=0, filename="") as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            if path.is_file() and not _SKIPPED.intersection(relative.parts):
                entry = tarfile.TarInfo(relative.as_posix())
                entry.size, entry.mode = path.stat().st_size, 0o644
                with path.open("rb") as file:
                    tar.addfile(entry, file)


def unpack(path: Path, folder: Path) -> None:
    """Unpack a tar.gz, and reject members outside the folder.

    Raises:
        UserError: it is not a readable tar.gz.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(path, mode="r:gz") as tar:
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, gzip.BadGzipFile, EOFError) as error:
        raise UserError(f"{path.name}: is not a readable tar.gz ({error}).", exit_code=1) from error


def packed_bytes(folder: Path) -> bytes:
    """Return the archive of a folder as bytes."""
    buffer = io.BytesIO()
    pack(folder, buffer)
    return buffer.getvalue()
