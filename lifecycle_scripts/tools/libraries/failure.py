"""The reason why libraries cannot be installed."""

from __future__ import annotations


class InstallationError(Exception):
    """A reason in one sentence without a full stop, shown to the user."""


class VolumeFullError(InstallationError):
    """The volume has not enough space."""

    def __init__(self, details: str) -> None:
        super().__init__(f"{details}. Delete files, or increase volume_gb of the notebook in project.yaml")


def program_error(program: str, output: str, reason: str) -> InstallationError:
    """Return the error of a program.

    Args:
        program: what failed.
        output: all that the program printed to standard error.
        reason: the part of it that explains the failure.
    """
    if "No space left on device" in output:
        return VolumeFullError("the volume is full")
    return InstallationError(f"{program}: {reason}")


def last_line(output: str) -> str:
    """Return the last line of a program's output that is not empty."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given"
