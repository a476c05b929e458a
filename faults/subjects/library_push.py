"""`mlproject libraries push`."""

from __future__ import annotations

import functools
import hashlib
import secrets
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from faults.case import FolderCase
from faults.commands import mlproject
from faults.injection.clocks import ClockJump
from faults.injection.concurrency import TwoAtOnce
from faults.injection.corruption import Corruption
from faults.injection.kills import Kill
from faults.injection.network import BadNetwork
from faults.model import Subject
from faults.processes import Command, run
from faults.servers import bucket_objects, shared_server
from mlproject.libraries import read_lock
from tests.libraries.project import project
from tests.libraries.registry import Registry, sha256

KEY = "libraries/notebook/science/requirements.txt"
_TEMPLATE = "locked-libs"


@functools.cache
def locked_checkout() -> tuple[Path, Registry]:
    """Return a checkout whose list is locked, and its package index; made once in each process."""
    folder = Path(tempfile.mkdtemp())
    registry = Registry(folder=folder / "registry")
    registry.add("ipykernel", "6.0")
    registry.add("tiny-science", "1.0", requires=["tiny-base>=2"])
    registry.add("tiny-base", "2.5", tag="cp310-cp310-manylinux_2_28_x86_64")
    root = folder / "checkout"
    root.mkdir()
    checkout = project(root, registry, name=_TEMPLATE)
    command = mlproject("libraries", "lock", _TEMPLATE, folder=root, variables=checkout.variables)
    ended = run(command, output=folder / "output")
    if ended.code:
        raise RuntimeError(ended.output)
    return root, registry


@dataclass(frozen=True, kw_only=True)
class LibraryPushCase(FolderCase):
    """A locked list of three libraries, and the bucket for it.

    Args:
        folder: the checkout.
        name: of the project.
        bucket: of the artifacts.
        variables: environment variables for the embedded AWS and the package index.
    """

    folder: Path
    name: str
    bucket: str
    variables: Mapping[str, str]

    @classmethod
    def open(cls, folder: Path) -> LibraryPushCase:
        """Write a checkout whose project has a new name, and create its bucket."""
        root, registry = locked_checkout()
        name = f"libs-{secrets.token_hex(3)}"
        folder.mkdir(parents=True)
        checkout = project(folder, registry, name=name, server=shared_server())
        libraries = folder / "projects" / name / "libraries"
        shutil.copytree(root / "projects" / _TEMPLATE / "libraries", libraries, dirs_exist_ok=True)
        return cls(
            folder=folder,
            name=name,
            bucket=checkout.names().bucket("artifacts"),
            variables=checkout.variables,
        )

    def command(self) -> Command:
        given = ("libraries", "push", self.name, "--environment", "local")
        return mlproject(*given, folder=self.folder, variables=self.variables)

    def problems(self) -> Sequence[str]:
        stored = bucket_objects(self.bucket)
        _, registry = locked_checkout()
        whole = {sha256(path) for path in registry.wheels.iterdir()}
        problems = [
            f"{key} is not a whole wheel"
            for key in self._wheels(stored)
            if hashlib.sha256(stored[key]).hexdigest() not in whole
        ]
        if KEY in stored:
            named = [wheel.key for wheel in read_lock(stored[KEY].decode()).wheels]
            problems += [f"the list names {key}, which is not in S3" for key in named if key not in stored]
        return problems

    def unfinished(self) -> Sequence[str]:
        return [] if KEY in bucket_objects(self.bucket) else ["the list is not in S3"]

    def sources(self) -> Sequence[Path]:
        libraries = self.folder / "projects" / self.name / "libraries"
        return [libraries / "science.txt", libraries / "locks" / "notebook" / "science.txt"]

    @staticmethod
    def _wheels(stored: Mapping[str, bytes]) -> list[str]:
        return [key for key in stored if key.endswith(".whl")]


SUBJECT = Subject(
    name="libraries push",
    open=LibraryPushCase.open,
    injections={
        "kill -9": Kill(),
        "network": BadNetwork(),
        "corrupt files": Corruption(),
        "clock jumps": ClockJump(),
        "two at once": TwoAtOnce(),
    },
    counts={"kill -9": 15, "network": 20, "corrupt files": 10, "clock jumps": 4, "two at once": 5},
    samples={"kill -9": 1},
)
