"""The processes that a demo started."""

from __future__ import annotations

from pathlib import Path

import psutil


def processes_of(folder: Path) -> list[psutil.Process]:
    """Return the processes that run in a folder or have it in their arguments."""
    return [process for process in psutil.process_iter() if _belongs(process, folder)]


def _belongs(process: psutil.Process, folder: Path) -> bool:
    try:
        return str(folder) in " ".join(process.cmdline()) or process.cwd().startswith(str(folder))
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
