"""The folder of a project's local Spark, and the record of the server that runs."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from mlproject.files import FORMAT, require_format, write_atomically
from mlproject.spark.processes import ProcessIdentity, end_processes, with_descendants

_RECORD = "server.json"
_FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class ServerRecord:
    """A local Spark that was started.

    Args:
        supervisor: the process that starts and ends Livy, and gives it the credentials of the role.
        livy: the Livy server.
        port: its port.
        name: project and environment, such as `flights-local`.
        python: version of Python of the sessions.
        libraries: number of libraries of the project's list for the cluster.
    """

    supervisor: ProcessIdentity
    livy: ProcessIdentity
    port: int
    name: str
    python: str
    libraries: int

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


@dataclass(frozen=True, kw_only=True)
class StateFolder:
    """The folder in which the local Spark of one project in one environment keeps its files.

    Args:
        path: the folder.
    """

    path: Path

    @property
    def log(self) -> Path:
        return self.path / "livy.log"

    @property
    def supervisor_log(self) -> Path:
        return self.path / "supervisor.log"

    @property
    def home(self) -> Path:
        return self.path / "livy"

    def write(self, record: ServerRecord) -> None:
        """Write the record.

        Raises:
            UserError: it cannot be written.
        """
        write_atomically(self.path / _RECORD, json.dumps({FORMAT: _FORMAT, **asdict(record)}, indent=2) + "\n")

    def read(self) -> ServerRecord | None:
        """Return the record, also of a server that has ended; None if there is none, or only a damaged one.

        Raises:
            UserError: another version wrote it, whose server may still run.
        """
        try:
            fields = json.loads((self.path / _RECORD).read_text())
            require_format(fields, self.path / _RECORD, known=_FORMAT)
            fields.pop(FORMAT, None)
            supervisor, livy = ProcessIdentity(**fields.pop("supervisor")), ProcessIdentity(**fields.pop("livy"))
            return ServerRecord(supervisor=supervisor, livy=livy, **fields)
        except (FileNotFoundError, NotADirectoryError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def running(self) -> ServerRecord | None:
        """Return the record of the server that is running, or None."""
        record = self.read()
        alive = record is not None and record.supervisor.find() is not None and record.livy.find() is not None
        return record if alive else None

    def forget(self) -> None:
        """Delete the record."""
        (self.path / _RECORD).unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[IO[bytes]]:
        """Let other commands wait that start or stop the server. A process that inherits the file keeps the lock."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "server.lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield lock


def stop_server(state: StateFolder) -> ServerRecord | None:
    """End a server, its sessions and what they started.

    Returns:
        the record of the server, also if it had ended by itself; None if there was none.
    """
    with state.locked():
        record = state.read()
        if record is None:
            return None
        supervisor, livy = record.supervisor.find(), record.livy.find()
        drivers = with_descendants(livy) if livy else []
        if supervisor:
            end_processes([supervisor])  # which ends Livy and its sessions
        end_processes(drivers)
        state.forget()
        return record


def holder_of_port(folder: Path, port: int) -> ServerRecord | None:
    """Return the local Spark that uses a port.

    Args:
        folder: contains the folders of all projects.
        port: the port.
    """
    for path in sorted(folder.glob(f"*/{_RECORD}")):
        record = StateFolder(path=path.parent).running()
        if record and record.port == port:
            return record
    return None
