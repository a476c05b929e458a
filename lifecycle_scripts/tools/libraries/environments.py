"""Environments on the volume, one for each list. Only complete ones are used, so a run can be killed at any time."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from mlproject_notebook.files import write_atomically
from mlproject_notebook.kernel import register

from .processes import run_program
from .resolved_list import ResolvedList, parse_list
from .settings import INDEX, STATE

_FOLDER = STATE / "environments"


@dataclass(frozen=True)
class Environment:
    """A virtual environment.

    Args:
        name: fingerprint of its list, of the base Python and of the index.
    """

    name: str

    @property
    def path(self) -> Path:
        return _FOLDER / self.name

    @property
    def python(self) -> Path:
        return self.path / "bin" / "python"

    @property
    def installed_list(self) -> ResolvedList:
        """The list that was installed; empty if an earlier version of this program installed it."""
        return parse_list(_read(self.path / "requirements.txt"))

    @property
    def installed_at(self) -> float:
        """Time of the installation, in seconds since the epoch."""
        return (self.path / "complete").stat().st_mtime

    def is_complete(self, base_version: str) -> bool:
        """Return whether it is complete and was created with this version of the base Python, to which it links."""
        return _read(self.path / "complete") == base_version

    def complete(self, base_version: str, text: str) -> None:
        """Mark it as complete, after its files are on the disk."""
        (self.path / "requirements.txt").write_text(text)
        run_program(["sync", "-f", self.path]).check_returncode()
        write_atomically(self.path / "complete", base_version)

    def register_kernel(self) -> None:
        """Make it the kernel of the list, which is not on the volume and is therefore registered at every start."""
        register(str(self.python))

    def select(self) -> None:
        """Make it the environment of the next start, and keep the one before it for a rollback."""
        current = selected("current")
        if current and current != self:
            write_atomically(STATE / "previous", current.name)
        write_atomically(STATE / "current", self.name)


def environment_for(text: str, base_version: str) -> Environment:
    """Return the environment of a list, which may not exist yet."""
    content = f"{list_checksum(text)}{base_version}{INDEX}"
    return Environment(hashlib.sha256(content.encode()).hexdigest()[:16])


def list_checksum(text: str) -> str:
    """Return the checksum of a list as sha256sum prints it, which work.sh compares."""
    return f"{hashlib.sha256(text.encode()).hexdigest()}  -"


def selected(which: str) -> Environment | None:
    """Return the environment named by the file `current` or `previous`, or None if there is none."""
    name = _read(STATE / which)
    return Environment(name) if name else None


def delete_others(*kept: Environment | None) -> None:
    """Delete the environments that are neither kept nor used by a running kernel."""
    names = {environment.name for environment in kept if environment} | _in_use()
    for path in _FOLDER.iterdir():
        if path.name not in names:
            shutil.rmtree(path)


def _in_use() -> set[str]:
    names = set()
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            program = process.read_bytes().split(b"\0")[0]
        except OSError:
            continue  # the process ended, or belongs to another user
        path = Path(os.fsdecode(program))
        if _FOLDER in path.parents:
            names.add(path.relative_to(_FOLDER).parts[0])
    return names


def _read(path: Path) -> str:
    try:
        return path.read_text().rstrip("\n")
    except (FileNotFoundError, NotADirectoryError):
        return ""
