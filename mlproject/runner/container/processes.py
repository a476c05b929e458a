"""Run the processes of steps: each in its own process group, with its output in a log, killed when the run ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlproject.translation import Message

# Seconds between SIGTERM and SIGKILL.
GRACE = 3.0
# Lines of a failed step's log that its message quotes.
LAST_LINES = 15
# The end of a log that is read to explain a failure, which must contain the last traceback.
_TAIL_BYTES = 65_536


@dataclass(frozen=True, kw_only=True)
class Command:
    """The command of a step.

    Args:
        argv: program and arguments.
        environment: the complete environment of the process.
        folder: the working directory.
        time_limit: seconds (the step's MaxRuntimeInSeconds), or None.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    time_limit: float | None = None


class RunStopped(Exception):  # noqa: N818  # not an error: the user requested it
    """The run is being stopped. The step was killed or did not start."""


class Processes:
    """All processes of a run, so that they can be stopped together."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, command: Command, log: Path) -> str | None:
        """Run a command until it ends, with stdout and stderr in the log.

        Returns:
            The reason of the failure, or None.

        Raises:
            RunStopped: `stop` was called.
        """
        process = self._start(command, log)
        overdue = threading.Event()
        timer = threading.Timer(command.time_limit or 0, self._expire, (process, overdue))
        timer.daemon = True
        if command.time_limit:
            timer.start()
        try:
            _await_end(process)
        finally:
            timer.cancel()
            _signal_group(process, signal.SIGKILL)  # children that are still running, as when a container ends
            process.wait()
            with self._lock:
                self._running.discard(process)
        if self._stopped:
            raise RunStopped
        if overdue.is_set():
            return f"took longer than its MaxRuntimeInSeconds ({command.time_limit:g}) and was killed"
        return exit_reason(process.returncode)

    def stop(self) -> None:
        """Stop every running step: send SIGTERM, wait GRACE seconds, send SIGKILL."""
        with self._lock:
            self._stopped = True
            running = set(self._running)
        for process in running:
            _signal_group(process, signal.SIGTERM)
        killer = threading.Timer(GRACE, _kill_groups, (running,))
        killer.daemon = True
        killer.start()

    def _start(self, command: Command, log: Path) -> subprocess.Popen[bytes]:
        with self._lock, log.open("ab") as output:
            if self._stopped:
                raise RunStopped
            process = subprocess.Popen(
                [*_dies_with_runner(), *command.argv],
                env=dict(command.environment),
                cwd=command.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._running.add(process)
        return process

    @staticmethod
    def _expire(process: subprocess.Popen[bytes], overdue: threading.Event) -> None:
        overdue.set()
        _signal_group(process, signal.SIGKILL)


def exit_reason(code: int) -> str | None:
    """Describe an exit code; None for success."""
    if code == 0:
        return None
    if code > 0:
        return Message("exit code {code}", code=code)
    name = signal.Signals(-code).name
    hint = Message(": manually, or by the kernel when memory runs out") if name == "SIGKILL" else ""
    return Message("killed by {name} (signal {number}{hint})", name=name, number=-code, hint=hint)


def read_tail(log: Path) -> list[str]:
    """Return the lines at the end of a log."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            return file.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _dies_with_runner() -> list[str]:
    """Return the command prefix that makes the kernel kill the step when the runner dies (Linux only)."""
    return _WATCH


def _find_watch() -> list[str]:
    program = shutil.which("setpriv") if sys.platform == "linux" else None
    return [program, "--pdeathsig", "KILL", "--"] if program else []


_WATCH = _find_watch()


def _await_end(process: subprocess.Popen[bytes]) -> None:
    """Wait without reaping the process, so that its process group ID is not reused yet."""
    if hasattr(os, "waitid"):
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    else:
        process.wait()


def _kill_groups(processes: set[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.returncode is None:
            _signal_group(process, signal.SIGKILL)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
    except PermissionError:  # macOS: all processes of the group have ended
        return
