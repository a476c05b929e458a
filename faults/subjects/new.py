"""`mlproject new`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from faults.case import FolderCase
from faults.commands import mlproject
from faults.injection.clocks import ClockJump
from faults.injection.concurrency import TwoAtOnce
from faults.injection.disks import FullVolume
from faults.injection.kills import Kill
from faults.model import Subject
from faults.processes import Command
from tests.checkouts import ROOT
from tests.cli.checkout import ENVIRONMENTS

NAME = "wine"
# The files of the new project that a command or a person needs.
FILES = (
    "projects/wine/project.yaml",
    "pipelines/wine/pipeline.py",
    "pipelines/wine/definition.json",
    "pipelines/wine/data.json",
    "pipelines/wine/steps/train.py",
    "data/wine/wine.csv",
)
_EXISTS = re.compile(r"error: (\S+) exists already, so nothing was created\.")


def new_command(folder: Path) -> Command:
    """Return the command that creates the project in a checkout."""
    given = ("--owner", "team@example.com", "--cost-centre", "CC-7", "--environment", "local")
    return mlproject("new", NAME, *given, folder=folder)


def write_checkout(folder: Path) -> None:
    """Write a checkout without projects."""
    folder.mkdir(parents=True)
    (folder / "environments.yaml").write_text(ENVIRONMENTS)
    for name in ("requirements", "pipeline_builder"):
        (folder / name).symlink_to(ROOT / name, target_is_directory=True)


def read_files(folder: Path) -> Mapping[str, bytes]:
    """Return the content of a project's files by path."""
    found = [path for name in ("projects", "pipelines", "data") for path in (folder / name).rglob("*")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found if path.is_file()}


@dataclass(frozen=True, kw_only=True)
class NewCase(FolderCase):
    """The creation of a project in a checkout without projects.

    Args:
        folder: the checkout.
    """

    folder: Path

    @classmethod
    def open(cls, folder: Path) -> NewCase:
        write_checkout(folder)
        return cls(folder=folder)

    def command(self) -> Command:
        return new_command(self.folder)

    def problems(self) -> Sequence[str]:
        if not (self.folder / "projects" / NAME).exists():
            return []
        return [f"{name} is missing or empty" for name in FILES if not read_files(self.folder).get(name)]

    def unfinished(self) -> Sequence[str]:
        missing = [] if (self.folder / "projects" / NAME).exists() else ["the project does not exist"]
        left = self.folder.rglob(".*.part")
        return [*missing, *(f"{path} is left" for path in left)]

    def sources(self) -> Sequence[Path]:
        return [self.folder / "environments.yaml"]

    def follow_advice(self, said: str) -> None:
        """Delete the folders of the project, which the message names one by one."""
        if _EXISTS.search(said):
            for place in ("projects", "pipelines", "data"):
                shutil.rmtree(self.folder / place / NAME, ignore_errors=True)


SUBJECT = Subject(
    name="new",
    open=NewCase.open,
    injections={
        "kill -9": Kill(),
        "kill -9 of the group": Kill(group=True),
        "full disk": FullVolume(lacks="blocks"),
        "no inodes": FullVolume(lacks="inodes"),
        "clock jumps": ClockJump(),
        "two at once": TwoAtOnce(),
    },
    counts={
        "kill -9": 35,
        "kill -9 of the group": 5,
        "full disk": 10,
        "no inodes": 10,
        "clock jumps": 4,
        "two at once": 8,
    },
    samples={"kill -9": 2, "full disk": 1},
)
