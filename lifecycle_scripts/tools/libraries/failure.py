"""The reason why libraries cannot be installed."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import traceback

from .settings import CLOCK_REMEDY, MEMORY_REMEDY, VOLUME, VOLUME_REMEDY

# What Python, uv and the system print when they get no memory.
_NO_MEMORY = (
    *("Cannot allocate memory", "MemoryError", "can't start new thread", "memory allocation of"),
    "Resource temporarily unavailable",
)
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_WRONG_CLOCK = "(RequestTimeTooSkewed)"
# The system kills the process that uses the most memory, and `timeout` then exits like a shell.
_KILLED = (-signal.SIGKILL, 128 + signal.SIGKILL)


class InstallationError(Exception):
    """A reason in one sentence without a full stop, shown to the user."""


class VolumeFullError(InstallationError):
    """The volume has not enough space."""

    def __init__(self, details: str) -> None:
        super().__init__(f"{details}. {VOLUME_REMEDY}")


class MemoryShortageError(InstallationError):
    """The instance has not enough memory."""

    def __init__(self) -> None:
        super().__init__(f"the instance ran out of memory. {MEMORY_REMEDY}")


def installation_error(error: Exception) -> InstallationError:
    """Return the reason for any error. The traceback of an unexpected one is printed."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return volume_full()
    if _is_memory_shortage(error):
        return MemoryShortageError()
    if isinstance(error, InstallationError):
        return error
    traceback.print_exception(type(error), error, error.__traceback__)
    return InstallationError(f"unexpected error ({type(error).__name__}: {error})")


def _is_memory_shortage(error: Exception) -> bool:
    """Return whether this process got no memory, or none for another thread."""
    return isinstance(error, MemoryError) or any(words in str(error) for words in _NO_MEMORY)


def volume_full() -> VolumeFullError:
    """Return the error of a volume without space, or without space for the names of files."""
    if os.statvfs(VOLUME).f_favail == 0:
        return VolumeFullError("the volume has space, but contains as many files as it can")
    return VolumeFullError("the volume is full")


def program_error(program: str, done: subprocess.CompletedProcess[str], reason: str) -> InstallationError:
    """Return the error of a program.

    Args:
        program: what failed.
        done: the program with its output.
        reason: the part of its output that explains the failure.
    """
    output = done.stdout + done.stderr
    if "No space left on device" in output:
        return volume_full()
    if done.returncode in _KILLED or any(words in output for words in _NO_MEMORY):
        return MemoryShortageError()
    if _WRONG_CLOCK in output:
        reason += f" The clock of the instance is wrong: {CLOCK_REMEDY}"
    return InstallationError(f"{program}: {reason}")


def last_line(output: str) -> str:
    """Return the last line of a program's output that is not empty."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given"
