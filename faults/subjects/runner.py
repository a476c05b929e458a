"""`mlproject run --definition`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from faults.case import FolderCase
from faults.commands import mlproject
from faults.injection.clocks import ClockJump
from faults.injection.concurrency import TwoAtOnce
from faults.injection.corruption import VERSIONS, Corruption
from faults.injection.disks import FullVolume
from faults.injection.kills import Kill
from faults.model import Subject
from faults.processes import Command
from faults.subjects.pipeline import DATA, PREPARED, build_definition, is_complete_model, scripts
from faults.subjects.step_kills import KillStep
from tests.runner.samples import ROLE

GROUP = "faults"


@dataclass(frozen=True, kw_only=True)
class RunnerCase(FolderCase):
    """A run of the definition in a folder.

    Args:
        folder: contains sources, and what runs leave.
    """

    folder: Path

    @classmethod
    def open(cls, folder: Path) -> RunnerCase:
        """Write definition, scripts and data."""
        for name in ("code", "raw"):
            (folder / name).mkdir(parents=True)
        (folder / "raw" / "text.txt").write_text(DATA)
        (folder / "definition.json").write_text(json.dumps(build_definition(group=GROUP, role=ROLE)))
        for name, text in scripts(folder).items():
            (folder / "code" / name).write_text(text)
        return cls(folder=folder)

    def command(self) -> Command:
        raw = f"s3://raw/data={self.folder / 'raw'}"
        given = ("--definition", "definition.json", "--code", "code", "--data", raw)
        return mlproject("run", *given, "--json", folder=self.folder)

    def problems(self) -> Sequence[str]:
        problems = [problem for path in self._packages() for problem in self._package_problems(path)]
        outputs = (self._kept / "objects").glob("artifacts/*/Prepare/*/[0-9].txt")
        problems += [f"{path} is not complete" for path in outputs if _read(path) != PREPARED]
        entries = (self._kept / "cache").glob("[!.]*.json")
        return problems + [f"{path} is not JSON" for path in entries if not _is_json(path)]

    def unfinished(self) -> Sequence[str]:
        missing = [] if self._packages() else ["no model is registered"]
        missing += [f"{mark} still says that a run works" for mark in self._kept.glob("runs/*/running.json")]
        missing += [f"{work} is left" for work in self._kept.glob("runs/*/work/*")]
        return missing + [f"{path} is a temporary file" for path in self._kept.rglob(".*") if path.name != ".code"]

    def state(self) -> Sequence[Path]:
        folders = (self._kept / "cache", self._kept / "objects")
        return [path for folder in folders for path in sorted(folder.rglob("*.*")) if path.is_file()]

    def sources(self) -> Sequence[Path]:
        return [self.folder / "definition.json"]

    @property
    def _kept(self) -> Path:
        return self.folder / ".mlproject"

    def _packages(self) -> list[Path]:
        return sorted((self._kept / "model-packages" / GROUP).glob("[!.]*.json"))

    def _package_problems(self, path: Path) -> Sequence[str]:
        if not _is_json(path):
            return [f"{path} is half a model package"]
        (container,) = json.loads(path.read_text())["InferenceSpecification"]["Containers"]
        model = self._kept / "objects" / container["ModelDataUrl"].removeprefix("s3://")
        if not model.is_file() or not is_complete_model(model.read_bytes()):
            return [f"{path}: its model {model} is not complete"]
        return []


def _read(path: Path) -> str | None:
    try:
        return path.read_text()
    except (OSError, ValueError):
        return None


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_text())
    except (OSError, ValueError):
        return False
    return True


SUBJECT = Subject(
    name="run",
    open=RunnerCase.open,
    injections={
        "kill -9": Kill(),
        "kill -9 of the group": Kill(group=True),
        "kill -9 of a step": KillStep(),
        "full disk": FullVolume(lacks="blocks"),
        "no inodes": FullVolume(lacks="inodes"),
        "corrupt files": Corruption(),
        "other versions": Corruption(damages=VERSIONS, suffix=".json"),
        "clock jumps": ClockJump(),
        "two at once": TwoAtOnce(),
    },
    counts={
        "kill -9": 50,
        "kill -9 of the group": 15,
        "kill -9 of a step": 8,
        "full disk": 15,
        "no inodes": 15,
        "corrupt files": 40,
        "other versions": 8,
        "clock jumps": 10,
        "two at once": 15,
    },
    samples={"kill -9": 2, "kill -9 of a step": 1, "full disk": 1, "corrupt files": 2},
)
