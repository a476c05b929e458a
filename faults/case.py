"""A subject in a folder of its own, on which one fault acts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from faults.processes import Command


class Case(Protocol):
    """A subject in a folder of its own, on which one fault acts."""

    @property
    def folder(self) -> Path:
        """The folder whose files the command reads and writes."""

    def command(self) -> Command:
        """Return the ordinary command."""

    def problems(self) -> Sequence[str]:
        """Return what must never be, however a command ended: each as a sentence."""

    def unfinished(self) -> Sequence[str]:
        """Return what a successful command would have done or removed: each as a sentence."""

    def state(self) -> Sequence[Path]:
        """Return the files that one command leaves and another reads."""

    def sources(self) -> Sequence[Path]:
        """Return the files that people write and the command reads."""

    def follow_advice(self, said: str) -> None:
        """Do what a command that refused to work has asked for, if that is more than to end the fault."""

    def close(self) -> None:
        """Remove what the case needs no more, such as large objects in the embedded AWS."""


class FolderCase:
    """What most cases have in common: nothing to do."""

    def state(self) -> Sequence[Path]:
        return []

    def sources(self) -> Sequence[Path]:
        return []

    def follow_advice(self, said: str) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
