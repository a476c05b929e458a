"""Volumes that become full while a command works."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from faults.case import Case
from faults.model import Broken, Fault, Injection, Measurement
from faults.processes import run

_LARGE = {"size": "512M", "nr_inodes": "100k"}


@dataclass(frozen=True, kw_only=True)
class FullVolume(Injection):
    """A volume with less space, or fewer inodes, than the command needs.

    Args:
        lacks: what is not enough.
    """

    lacks: Literal["blocks", "inodes"]

    @contextlib.contextmanager
    def surroundings(self, folder: Path) -> Iterator[None]:
        _mount(folder, **_LARGE)
        try:
            yield
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)

    def apply(self, case: Case, fault: Fault, measured: Measurement, output: Path) -> Broken:
        volume = case.folder.parent
        status = os.statvfs(volume)
        if self.lacks == "blocks":
            needed = measured.blocks
            free = int(fault.position() * needed)
            used = status.f_blocks - status.f_bfree
            # A size of 0 would be no limit.
            _remount(volume, size=f"{max(1, used + free) * status.f_frsize}")
        else:
            needed = measured.inodes
            free = int(fault.position() * needed)
            _remount(volume, nr_inodes=str(status.f_files - status.f_ffree + free))
        ended = run(case.command(), output=output)
        return Broken(words=f"{free} free {self.lacks} of {needed} needed", ended=[ended])

    def repair(self, case: Case) -> None:
        _remount(case.folder.parent, **_LARGE)


def _mount(folder: Path, **options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", _joined(options), "tmpfs", str(folder)], check=True)


def _remount(folder: Path, **options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{_joined(options)}", str(folder)], check=True)


def _joined(options: dict[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in options.items())
