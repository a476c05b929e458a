"""`mlproject check`, which reads everything that a project consists of."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from faults.case import FolderCase
from faults.commands import mlproject
from faults.injection.corruption import VERSIONS, Corruption
from faults.model import Subject
from faults.processes import Command, run
from faults.subjects.new import NAME, new_command, write_checkout


@functools.cache
def new_project() -> Path:
    """Return a checkout with a new project, which is created once in each process."""
    folder = Path(tempfile.mkdtemp()) / "checkout"
    write_checkout(folder)
    ended = run(new_command(folder), output=folder.with_name("output"))
    if ended.code:
        raise RuntimeError(ended.output)
    return folder


@dataclass(frozen=True, kw_only=True)
class CheckCase(FolderCase):
    """A checkout with one project.

    Args:
        folder: the checkout.
    """

    folder: Path

    @classmethod
    def open(cls, folder: Path) -> CheckCase:
        shutil.copytree(new_project(), folder, symlinks=True)
        return cls(folder=folder)

    def command(self) -> Command:
        return mlproject("check", folder=self.folder)

    def problems(self) -> Sequence[str]:
        return []

    def unfinished(self) -> Sequence[str]:
        return []

    def state(self) -> Sequence[Path]:
        pipeline = self.folder / "pipelines" / NAME
        return [pipeline / "definition.json", pipeline / "definition.lock.json"]

    def sources(self) -> Sequence[Path]:
        return [
            self.folder / "environments.yaml",
            self.folder / "projects" / NAME / "project.yaml",
            self.folder / "pipelines" / NAME / "data.json",
            self.folder / "pipelines" / NAME / "pipeline.py",
        ]


SUBJECT = Subject(
    name="check",
    open=CheckCase.open,
    injections={"corrupt files": Corruption(), "other versions": Corruption(damages=VERSIONS, suffix=".json")},
    counts={"corrupt files": 44, "other versions": 6},
    samples={"corrupt files": 2},
)
