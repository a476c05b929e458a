"""A machine with a volume on which the scripts that save and restore work are run, one at a time."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import embedded_aws as aws
from tests.libraries.project import REGION
from tests.lifecycle_scripts.instance import VOLUME
from tests.node_scripts.machine import UID, Machine, running

TOOLS = Path(__file__).parents[2] / "lifecycle_scripts" / "tools"
# A file of this age is complete.
_LONG_AGO = 1_600_000_000


@dataclass(kw_only=True)
class Volume:
    """The volume of a notebook instance and, while it runs, its machine.

    Args:
        folder: folder of the volume.
        work: S3 URI of the saved work.
        server: embedded AWS.
    """

    folder: Path
    work: str
    server: aws.Server
    machine: Machine | None = None

    @contextlib.contextmanager
    def mounted(self, **programs: str) -> Iterator[Volume]:
        """Run a machine with the volume.

        Args:
            programs: text of programs that replace those of the machine, by name.
        """
        binds = {self.folder: VOLUME, TOOLS: "/tools"}
        with running(server=self.server, binds=binds) as self.machine:
            for name, text in programs.items():
                self.machine.program(name, text)
            yield self
        self.machine = None

    def command(self, mode: str = "save", **settings: str) -> list[str]:
        """Return the command of a save."""
        variables = {
            "HOME": "/home/ec2-user",
            "PYTHONPATH": "/tools/person",
            "AWS_DEFAULT_REGION": REGION,
            "WORK": self.work,
            "SAVE_LIMIT_MB": "1",
            **settings,
        }
        given = [f"{name}={value}" for name, value in variables.items()]
        return ["/usr/bin/env", *given, "python3", "-B", "/tools/saved_work", mode]

    def save(self, mode: str = "save", **settings: str) -> subprocess.CompletedProcess[str]:
        """Save once, as the notebook's user."""
        assert self.machine
        return self.machine.run(*self.command(mode, **settings), user="ec2-user")

    def write(self, path: str, content: str, *, age: int = 0) -> Path:
        """Write a file of the notebook's user.

        Args:
            path: path below the volume.
            content: text of the file.
            age: seconds by which the file is newer than the oldest one. It is complete in any case.
        """
        file = self.folder / path
        for folder in reversed([*file.relative_to(self.folder).parents][:-1]):
            if not (self.folder / folder).exists():
                (self.folder / folder).mkdir()
                os.chown(self.folder / folder, UID, UID)
        file.write_text(content)
        os.chown(file, UID, UID)
        os.utime(file, (_LONG_AGO + age, _LONG_AGO + age))
        return file

    def files(self) -> dict[str, str]:
        """Content of the user's files by path."""
        found = [path for path in self.folder.rglob("*") if path.is_file() and not path.is_symlink()]
        return {
            path.relative_to(self.folder).as_posix(): path.read_text()
            for path in found
            if ".mlproject" not in path.parts
        }

    @property
    def report(self) -> dict[str, Any]:
        """Content of work.json."""
        found: dict[str, Any] = json.loads((self.folder / ".mlproject" / "work.json").read_text())
        return found


def new_volume(folder: Path, *, work: str, server: aws.Server, is_new: bool = False) -> Volume:
    """Return an empty volume.

    Args:
        folder: a folder that does not exist.
        work: S3 URI of the saved work.
        server: embedded AWS.
        is_new: whether the instance is new, so that everything is restored.
    """
    (folder / ".mlproject").mkdir(parents=True)
    if is_new:
        (folder / ".mlproject" / "new").touch()
    for path in (folder, folder / ".mlproject"):
        os.chown(path, UID, UID)
    return Volume(folder=folder, work=work, server=server)
