"""A copy of this checkout that a test may run and break, with the environment of this one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
INSTALLED = (".venv", "node_modules")


def copy_checkout(folder: Path) -> Path:
    """Copy every file that git tracks or would track; link what is installed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for name in INSTALLED:
        (folder / name).symlink_to(ROOT / name, target_is_directory=True)
    return folder


def processes_of(folder: Path) -> list[psutil.Process]:
    """The processes that work in a folder or name it."""
    return [process for process in psutil.process_iter() if _belongs(process, folder)]


def _belongs(process: psutil.Process, folder: Path) -> bool:
    try:
        return str(folder) in " ".join(process.cmdline()) or process.cwd().startswith(str(folder))
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
