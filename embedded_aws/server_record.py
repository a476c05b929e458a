"""What a server's folder remembers of it, and how to tell whether that process still is the one."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from embedded_aws.errors import EmbeddedAwsError
from embedded_aws.files import write_private_file

RECORD = "server.json"
_FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Record:
    """A server that was started.

    Args:
        pid: its process.
        started: when that process began, as the system tells it; a reused process id has another.
        port: where it listens.
    """

    pid: int
    started: str
    port: int

    def write(self, folder: Path) -> None:
        """Keep it in the server's folder.

        Raises:
            EmbeddedAwsError: it cannot be written.
        """
        write_private_file(folder / RECORD, json.dumps({"format": _FORMAT, **asdict(self)}) + "\n")

    @property
    def is_alive(self) -> bool:
        """Whether the process runs and is the one that was started."""
        return process_started(self.pid) == self.started


def read(folder: Path) -> Record | None:
    """The record of a folder; None where there is none, or one that no version of ours wrote.

    Raises:
        EmbeddedAwsError: a newer version wrote it, whose server may still run.
    """
    try:
        content = json.loads((folder / RECORD).read_text())
        # The first version wrote no number.
        _require_known_format(content.pop("format", _FORMAT), folder / RECORD)
        return Record(**content)
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _require_known_format(found: int, path: Path) -> None:
    if found != _FORMAT:
        raise EmbeddedAwsError(
            f"{path}: has format {found}, but this version reads format {_FORMAT}. Stop the embedded AWS with the "
            "version that started it, or delete the file after its process has ended."
        )


def forget(folder: Path) -> None:
    """Remove the record, or what is in its place."""
    path = folder / RECORD
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def process_started(pid: int) -> str | None:
    """When a process began, in whatever way the system tells it; None if there is none or it is a zombie."""
    if Path("/proc/self/stat").exists():
        return _started_by_proc(pid)
    return _started_by_ps(pid)


def _started_by_proc(pid: int) -> str | None:
    """Fields 3 and 22 of https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; the name may hold blanks."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def _started_by_ps(pid: int) -> str | None:
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split(maxsplit=1)
    return None if len(shown) != 2 or shown[0].startswith("Z") else shown[1].strip()
