"""The first moments of a server: a port for it, its process, and the wait until it answers."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from embedded_aws.errors import EmbeddedAwsError
from embedded_aws.listener import KEEP, listen
from embedded_aws.port_holder import port_holder
from embedded_aws.server_environment import server_environment

# It takes 1 s on an idle machine; on a busy one whose disk is cold it was seen to take 15.
START_SECONDS = 90.0
LAST_LINES = 10
NOT_STARTING = "local-aws-not-starting"


class Lifetime(Enum):
    """When a server ends."""

    UNTIL_STOPPED = "when it is stopped"
    OF_STARTER = "with the process that started it, however that ends"


class StartingServer:
    """A server that is coming up; whoever leaves before `release` leaves no process behind."""

    def __init__(self, link: socket.socket, log: Path) -> None:
        self.log = log
        self.pid = 0
        self._link = link
        self._received = b""

    def wait(self) -> None:
        """Read what the server tells, until it says that it answers.

        Raises:
            EmbeddedAwsError: it ended, or took too long.
        """
        deadline = time.monotonic() + START_SECONDS
        while True:
            told = self._line(deadline)
            self.pid = told.get("pid", self.pid)
            if told.get("ready"):
                return

    def release(self, lifetime: Lifetime) -> None:
        """Let it run: until it is stopped, or as long as this process holds its end of the link."""
        if lifetime is Lifetime.UNTIL_STOPPED:
            self._link.sendall(KEEP)
            self._link.close()
        else:
            self._link.detach()

    def failure(self, what: str) -> EmbeddedAwsError:
        """The error that says what went wrong, with the log's last lines."""
        try:
            lines = self.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        except OSError:
            lines = []
        said = "\n".join(["", *lines]) if lines else " The log is empty."
        return EmbeddedAwsError(
            f"the embedded AWS did not start: {what}. The end of {self.log}:{said}", exit_code=1, topic=NOT_STARTING
        )

    def abandon(self) -> None:
        """End the process, if there is one: nobody will know of it."""
        self._link.close()
        if self.pid:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                return

    def _line(self, deadline: float) -> dict[str, int]:
        while b"\n" not in self._received:
            left = deadline - time.monotonic()
            if left <= 0:
                raise self.failure(f"it was not up after {START_SECONDS:.0f} s")
            self._link.settimeout(left)
            try:
                chunk = self._link.recv(4096)
            except TimeoutError:
                continue
            except ConnectionError:
                chunk = b""
            if not chunk:
                raise self.failure("its process ended")
            self._received += chunk
        line, _, self._received = self._received.partition(b"\n")
        told: dict[str, int] = json.loads(line)
        return told


def bind(port: int) -> socket.socket:
    """A listening socket for the server to inherit, so that a taken port is known before anything starts.

    Args:
        port: 0 takes a free one.

    Raises:
        EmbeddedAwsError: the port is taken, not allowed or no port.
    """
    if not 0 <= port <= 65535:
        raise EmbeddedAwsError(f"port {port}: there is none; ports go from 1 to 65535, and 0 takes a free one.")
    try:
        return listen(port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            holder = port_holder(port)
            by = f" by {holder}" if holder else ""
            raise EmbeddedAwsError(
                f"port {port} is taken{by}; give another with --port, or none and a free one is taken.",
                exit_code=1,
                topic=NOT_STARTING,
            ) from error
        raise EmbeddedAwsError(
            f"port {port} cannot be used ({error.strerror}); give another with --port, 1024 or higher.",
            exit_code=1,
            topic=NOT_STARTING,
        ) from error


@contextmanager
def spawn(
    folder: Path, listener: socket.socket, *, log: Path, inference_command: Sequence[str] = ()
) -> Iterator[StartingServer]:
    """Start the server's process and wait until it serves; if the caller then fails, the process ends.

    Args:
        folder: the server's own.
        listener: what it serves.
        log: a file that takes what it says; an earlier one is kept beside it.
        inference_command: the program that serves the models of endpoints; empty if endpoints are only recorded.
    """
    ours, theirs = socket.socketpair()
    starting = StartingServer(ours, log)
    try:
        with theirs:
            _run(folder, listener, theirs, log, inference_command)
        starting.wait()
        yield starting
    except BaseException:
        starting.abandon()
        raise


def _run(
    folder: Path, listener: socket.socket, link: socket.socket, log: Path, inference_command: Sequence[str]
) -> None:
    inherited = (listener.fileno(), link.fileno())
    command = [sys.executable, "-m", "embedded_aws.server", "--folder", str(folder)]
    command += ["--listener", str(inherited[0]), "--notify", str(inherited[1])]
    if inference_command:
        command += ["--inference-command", json.dumps(list(inference_command))]
    try:
        if log.exists():
            log.replace(log.with_name(f"{log.name}.previous"))
        with log.open("wb") as output:
            subprocess.run(
                command,
                check=False,
                env=server_environment(os.environ),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=inherited,
                start_new_session=True,
            )
    except OSError as error:
        raise EmbeddedAwsError(
            f"{log}: the embedded AWS cannot be started with its log there ({error.strerror}); "
            "free space or mend the permissions, then repeat the command.",
            exit_code=1,
        ) from error
