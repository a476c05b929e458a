"""The processes of a run's steps: each in a group of its own, its output in a log, ended with the run."""

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

# Seconds between asking a step's processes to end and ending them.
GRACE = 3.0
# Lines of a failing step's log that its message quotes.
LAST_LINES = 15
_TAIL_BYTES = 16_384


@dataclass(frozen=True, kw_only=True)
class Command:
    """What a step runs.

    Args:
        argv: program and arguments.
        environment: the whole environment of the process.
        folder: where it starts.
        time_limit: seconds (the step's MaxRuntimeInSeconds), or None.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    time_limit: float | None = None


class RunStopped(Exception):  # noqa: N818  # no error: the user asked for it
    """The run is being stopped; the step was ended or did not start."""


class Processes:
    """Every process that a run started, so that all can be ended at once."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, command: Command, log: Path) -> str | None:
        """Run a command to its end, output and errors into the log.

        Returns:
            Why it failed, or None.

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
            _signal_group(process, signal.SIGKILL)  # children that the step left behind, as a container's end does
            process.wait()
            with self._lock:
                self._running.discard(process)
        if self._stopped:
            raise RunStopped
        if overdue.is_set():
            return f"took longer than its MaxRuntimeInSeconds ({command.time_limit:g}) and was ended"
        return exit_reason(process.returncode)

    def stop(self) -> None:
        """End every running step: ask, wait GRACE seconds, then kill."""
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
    """What an exit code means, in words; None for success."""
    if code == 0:
        return None
    if code > 0:
        return f"exit code {code}"
    name = signal.Signals(-code).name
    hint = ": by hand, or by the kernel when memory runs out" if name == "SIGKILL" else ""
    return f"killed by {name} (signal {-code}{hint})"


def last_lines(log: Path) -> list[str]:
    """The end of a log."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            return file.read().decode(errors="replace").splitlines()[-LAST_LINES:]
    except FileNotFoundError:
        return []


def _dies_with_runner() -> list[str]:
    """Linux: have the kernel end the step if the runner is killed (the thread that waits for it is its parent)."""
    return _WATCH


def _find_watch() -> list[str]:
    program = shutil.which("setpriv") if sys.platform == "linux" else None
    return [program, "--pdeathsig", "KILL", "--"] if program else []


_WATCH = _find_watch()


def _await_end(process: subprocess.Popen[bytes]) -> None:
    """Wait without collecting the exit code, so that the process's group id cannot be given to another yet."""
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
    except PermissionError:  # macOS: the group consists of processes that have ended
        return
