"""A command that writes a file in the way of its first argument, judged under faults of the kind of the second."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from faults.case import FolderCase
from faults.injection.disks import FullVolume
from faults.injection.kills import Kill
from faults.judgement import judge, measure
from faults.model import Injection, Subject
from faults.processes import Command, adopt_orphans
from mlproject.errors import UserError
from mlproject.files import write_atomically

TEXT = "text" * 3000


def _in_place(path: Path) -> None:
    path.write_text(TEXT)


def _atomically(path: Path) -> None:
    try:
        write_atomically(path, TEXT)
    except UserError as error:
        sys.exit(f"error: {error}")


def _leaving_a_process(path: Path) -> None:
    subprocess.Popen(["sleep", "600"], start_new_session=True)
    _atomically(path)


def _once(path: Path) -> None:
    """Refuse to work after an interruption without a reason."""
    started = path.with_name("started")
    if started.exists():
        sys.exit(3)
    started.mkdir()
    path.write_text(TEXT)


WAYS: dict[str, Callable[[Path], None]] = {
    "in place": _in_place,
    "atomically": _atomically,
    "leaving a process": _leaving_a_process,
    "once": _once,
}
KINDS: dict[str, Injection] = {"kill": Kill(), "disk": FullVolume(lacks="blocks")}


@dataclass(frozen=True, kw_only=True)
class ScratchCase(FolderCase):
    """A folder in which the command writes one file.

    Args:
        folder: the folder.
        write: the way.
    """

    folder: Path
    write: Callable[[Path], None]

    @property
    def file(self) -> Path:
        return self.folder / "file.txt"

    def command(self) -> Command:
        return Command(main=lambda: self.write(self.file), folder=self.folder)

    def problems(self) -> Sequence[str]:
        return ["the file is half"] if self.file.exists() and self.file.read_text() != TEXT else []

    def unfinished(self) -> Sequence[str]:
        return [] if self.file.exists() else ["there is no file"]


def main(way: str, kind: str, number: str) -> None:
    """Print the verdict and the problems of each of so many faults."""
    adopt_orphans()

    def open_case(folder: Path) -> ScratchCase:
        folder.mkdir()
        return ScratchCase(folder=folder, write=WAYS[way])

    subject = Subject(name="scratch", open=open_case, injections=KINDS, counts={kind: int(number)})
    with tempfile.TemporaryDirectory() as name:
        measured = measure(subject, Path(name))
        results = [
            judge(subject, fault, measured, Path(name, "fault")) for fault in subject.faults(seed=1, sample=False)
        ]
    shown = [{"verdict": each.verdict.value, "injected": each.injected, "problems": each.problems} for each in results]
    print(json.dumps(shown))


if __name__ == "__main__":
    main(*sys.argv[1:])
