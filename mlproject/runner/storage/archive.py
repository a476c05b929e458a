"""The tar.gz files of training jobs: packed with the same bytes every time, recognised by content, unpacked safely."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path
from typing import IO

from mlproject.errors import UserError

# Speed counts here, not size: models are often compressed already.
_LEVEL = 1
_SKIPPED = {"__pycache__", ".git", ".mlproject", ".venv"}


def pack(folder: Path, target: IO[bytes]) -> None:
    """Write the files below a folder as tar.gz without times, owners or the order of the disk."""
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
    """Unpack a tar.gz; members that would leave the folder are refused.

    Raises:
        UserError: it is no readable tar.gz.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(path, mode="r:gz") as tar:
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, gzip.BadGzipFile, EOFError) as error:
        raise UserError(f"{path.name}: is no tar.gz that can be unpacked ({error}).", exit_code=1) from error


def packed_bytes(folder: Path) -> bytes:
    """The archive of a folder, in memory."""
    buffer = io.BytesIO()
    pack(folder, buffer)
    return buffer.getvalue()
