"""Commands in forked processes, and what they leave running."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import select
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import psutil

# https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html
_PR_SET_CHILD_SUBREAPER = 36
# Commands take some seconds, or minutes on a machine with much else to do.
LIMIT_SECONDS = 600.0
# The kernel kills the steps of a killed runner at once; a server notices the end of its starter.
_END_SECONDS = 15.0
Action = Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command that runs in a forked process, since imports take most of a short command.

    Args:
        main: runs it, such as `main` of the command line.
        arguments: of the command line.
        folder: the working directory.
        variables: environment variables that replace those of this process.
        error_prefix: what begins the sentence with which the command refuses to work.
    """

    main: Action
    arguments: tuple[str, ...] = ()
    folder: Path
    variables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    error_prefix: str = "error: "


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command ended.

    Args:
        code: exit code, negative for a signal, or None if the command had to be ended.
        output: what it printed, messages included.
        error_prefix: of the command.
    """

    code: int | None
    output: str
    error_prefix: str


class Running:
    """A command that runs, in a process group of its own."""

    def __init__(self, command: Command, *, output: Path, inject: Action = lambda: None) -> None:
        self._output, self._error_prefix = output, command.error_prefix
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            _run_and_exit(command, output, inject)

    def wait(self) -> Ended:
        """Wait for its end."""
        code = wait_for(self.pid)
        text = self._output.read_text(errors="replace") if self._output.exists() else ""
        return Ended(code=code, output=text, error_prefix=self._error_prefix)


def run(command: Command, *, output: Path, inject: Action = lambda: None) -> Ended:
    """Run a command until it ends.

    Args:
        command: the command.
        output: file for its output.
        inject: called in its process before the command.
    """
    return Running(command, output=output, inject=inject).wait()


def wait_for(pid: int) -> int | None:
    """Wait for a child to end, and return its exit code; None if it had to be killed."""
    descriptor = os.pidfd_open(pid)
    with contextlib.closing(os.fdopen(descriptor)):
        in_time = bool(select.select([descriptor], [], [], LIMIT_SECONDS)[0])
    if not in_time:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code if in_time else None


def preload(modules: list[str]) -> None:
    """Import what the commands import, so that they start with it."""
    for name in modules:
        # A module that only works in the command is imported there.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def adopt_orphans() -> None:
    """Become the parent of all processes whose parents end, so that none can hide."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


@contextlib.contextmanager
def processes_left() -> Iterator[list[str]]:
    """List the processes that were started in the block and still run after a moment, and end them."""
    known = set(_descendants())
    left: list[str] = []
    yield left
    _, alive = psutil.wait_procs([each for each in _descendants() if each not in known], timeout=_END_SECONDS)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            left.append(" ".join(process.cmdline())[:200] or process.name())
            process.kill()
            process.wait()


def end_descendants() -> None:
    """Kill all processes that this one and its descendants have started."""
    for process in _descendants():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def _descendants() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def _run_and_exit(command: Command, output: Path, inject: Action) -> None:
    code = 70
    try:
        os.setpgid(0, 0)
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for target in (1, 2):
            os.dup2(descriptor, target)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(command.folder)
        os.environ.clear()
        os.environ.update(command.variables)
        sys.argv = ["mlproject", *command.arguments]
        inject()
        code = _exit_code(command.main)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _exit_code(main: Action) -> int:
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return end.code or 0
    return 0
