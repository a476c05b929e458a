"""The size of a wheel, and of what its installation writes."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

from mlproject.errors import UserError
from mlproject.libraries.lock import Wheel


def measure_wheel(wheel: Wheel, path: Path) -> Wheel:
    """Return a wheel with its sizes, from the directory of its archive.

    Bytecode, which pip compiles, is counted with the size of its source.

    Raises:
        UserError: the file is not a wheel.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise UserError(f"{wheel.file}: is not a valid wheel. Check the index.", exit_code=1) from error
    bytecode = sum(entry.file_size for entry in entries if entry.filename.endswith(".py"))
    installed = sum(entry.file_size for entry in entries) + bytecode
    return replace(wheel, size=path.stat().st_size, installed=installed)
