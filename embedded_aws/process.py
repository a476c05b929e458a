"""Start, find and stop an embedded AWS that runs in the background; one per folder."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from embedded_aws import administrator, server_record
from embedded_aws.errors import EmbeddedAwsError
from embedded_aws.files import remove_temporary_files
from embedded_aws.internal_client import ask_health
from embedded_aws.listener import listen
from embedded_aws.lost_records import recover_record
from embedded_aws.server_handle import Server
from embedded_aws.server_record import Record
from embedded_aws.startup import Lifetime, bind, spawn

LOCK = "server.lock"
LOG = "server.log"
# Lifetime takes milliseconds; a process stopped by a debugger or starved of memory gets this long, then SIGKILL.
STOP_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class ServerState:
    """What a folder's record leads to.

    Args:
        server: the one that runs.
        lost: one that ended without being stopped, and its state with it.
    """

    server: Server | None = None
    lost: Server | None = None


@dataclass(frozen=True, kw_only=True)
class LaunchResult:
    """What bringing a server up did.

    Args:
        server: the one that runs now.
        is_new: it was started by this call.
        lost: an earlier one that ended without being stopped.
    """

    server: Server
    is_new: bool
    lost: Server | None


def start(
    folder: Path,
    *,
    port: int | None = None,
    lifetime: Lifetime = Lifetime.UNTIL_STOPPED,
    inference_command: Sequence[str] = (),
) -> Server:
    """The running server of a folder; started if there is none.

    Args:
        folder: keeps record, log and lock of the server.
        port: where it is to listen; a free one if None.
        lifetime: when it ends: when it is stopped, or with the process that started it.
        inference_command: the program that serves the models of endpoints (its contract: `inference.Container`); empty
            if endpoints are only recorded. A server that runs already keeps its own.

    Raises:
        EmbeddedAwsError: the port is taken, the folder cannot be written, or the server does not come up.
    """
    return launch(folder, port=port, lifetime=lifetime, inference_command=inference_command).server


def launch(
    folder: Path,
    *,
    port: int | None = None,
    lifetime: Lifetime = Lifetime.UNTIL_STOPPED,
    inference_command: Sequence[str] = (),
) -> LaunchResult:
    """`start`, with what was found before; arguments and errors are the same."""
    folder = folder.resolve()
    with _locked(folder):
        found = _find(folder)
        if found.server is None:
            with _listener(port, found.lost) as listener:
                return LaunchResult(
                    server=_start(folder, listener, lifetime, inference_command), is_new=True, lost=found.lost
                )
    if port not in {None, 0, found.server.port}:
        raise EmbeddedAwsError(
            f"the embedded AWS of {folder} already runs on port {found.server.port}, not on {port}; "
            "stop it first (its state is in memory and is lost then)."
        )
    return LaunchResult(server=found.server, is_new=False, lost=None)


def find(folder: Path) -> ServerState:
    """Look for a folder's server; the record of one that is gone is removed."""
    folder = folder.resolve()
    if not (folder / server_record.RECORD).exists():
        return ServerState()
    with _locked(folder):
        return _find(folder)


def status(folder: Path) -> Server | None:
    """The running server of a folder, or None."""
    return find(folder).server


def stop(folder: Path) -> bool:
    """Stop a folder's server.

    Returns:
        whether one ran.
    """
    folder = folder.resolve()
    if not (folder / server_record.RECORD).exists():
        return False
    with _locked(folder):
        return _stop(folder) is not None


def restart(folder: Path, *, inference_command: Sequence[str] = ()) -> Server:
    """Stop a folder's server and start one with no state on the same port.

    Raises:
        EmbeddedAwsError: none runs, or the new one does not come up.
    """
    folder = folder.resolve()
    with _locked(folder):
        port = _stop(folder)
        if port is None:
            raise EmbeddedAwsError("the embedded AWS is not running; start it first.", exit_code=1)
        with bind(port) as listener:
            return _start(folder, listener, Lifetime.UNTIL_STOPPED, inference_command)


def is_responding(server: Server) -> bool:
    """Whether the server answers its health call within two seconds."""
    health = ask_health(server.port)
    return health is not None and health["pid"] == server.pid


def _find(folder: Path) -> ServerState:
    known = server_record.read(folder) or recover_record(folder)
    if known and known.is_alive:
        return ServerState(server=_server(folder, known))
    server_record.forget(folder)
    return ServerState(lost=_server(folder, known) if known else None)


def _listener(port: int | None, lost: Server | None) -> socket.socket:
    """The port that is asked for; else that of a server that was lost, which shells may still have exported."""
    if port is None and lost:
        with suppress(OSError):
            return listen(lost.port)
    return bind(port or 0)


def _start(folder: Path, listener: socket.socket, lifetime: Lifetime, inference_command: Sequence[str]) -> Server:
    administrator.load_or_create(folder)
    with spawn(folder, listener, log=folder / LOG, inference_command=inference_command) as starting:
        started = server_record.process_started(starting.pid)
        if started is None:
            raise starting.failure("it ended as soon as it was up")
        known = Record(pid=starting.pid, started=started, port=listener.getsockname()[1])
        server = _server(folder, known)
        if not is_responding(server):
            raise starting.failure(f"it does not answer at {server.endpoint}")
        known.write(folder)
        starting.release(lifetime)
        return server


def _stop(folder: Path) -> int | None:
    """Stop the server and return the port that it listened on."""
    known = server_record.read(folder) or recover_record(folder)
    if known is None or not known.is_alive:
        server_record.forget(folder)
        return None
    os.kill(known.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while known.is_alive:
        if time.monotonic() > deadline:
            os.kill(known.pid, signal.SIGKILL)
            deadline += STOP_SECONDS
        time.sleep(0.01)
    server_record.forget(folder)
    return known.port


def _server(folder: Path, known: Record) -> Server:
    return Server(
        endpoint=f"http://localhost:{known.port}",
        pid=known.pid,
        port=known.port,
        folder=folder,
        log=folder / LOG,
    )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One at a time per folder: a second `up` waits for the first and finds its server."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("a")
    except OSError as error:
        reason = "a file is in its place" if error.errno == errno.EEXIST else error.strerror
        raise EmbeddedAwsError(
            f"{folder}: the embedded AWS cannot keep its record there ({reason}); "
            "free space or mend the permissions, then repeat the command.",
            exit_code=1,
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        remove_temporary_files(folder)
        yield
