"""The save of a notebook's work by the scripts of the instance and the aws CLI, and its restoration to a new volume."""

from __future__ import annotations

import functools
import os
import runpy
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import embedded_aws as aws
from faults.case import FolderCase
from faults.injection.clocks import ClockJump
from faults.injection.concurrency import TwoAtOnce
from faults.injection.corruption import VERSIONS, Corruption
from faults.injection.disks import FullVolume
from faults.injection.kills import Kill
from faults.injection.network import BadNetwork
from faults.model import Subject
from faults.processes import Command
from faults.servers import REGION, bucket_objects, client, shared_server
from tests.checkouts import ROOT
from tests.cli.checkout import make_bucket
from tests.node_scripts.machine import AWS_CLI

_TOOLS = ROOT / "lifecycle_scripts" / "tools"
_PREFIX = "notebooks/explore/"
_SAVED_BEFORE = {f"saved {number}.ipynb": f"saved {number}" * 400 for number in range(4)}
_WRITTEN = {f"models/new {number}.py": f"new {number}" * 400 for number in range(4)}
_CONTENTS = {*_SAVED_BEFORE.values(), *_WRITTEN.values()}
# Files of this age are complete.
_LONG_AGO = 1_600_000_000


@functools.cache
def aws_program() -> Path:
    """Return a folder with the program `aws`, whose process is loaded once and forked for each call."""
    folder = Path(tempfile.mkdtemp(prefix="bin-"))
    program = folder / "aws"
    program.write_text(f'#!/bin/sh\nexport AWS_CLI_SOCKETS={folder}\nexec {sys.executable} -I {AWS_CLI} "$@"\n')
    program.chmod(0o755)
    subprocess.run([program, "--version"], check=True, capture_output=True)
    return folder


@dataclass(frozen=True, kw_only=True)
class SavedWorkCase(FolderCase):
    """A new volume with files, and a bucket with the work of an earlier volume.

    Args:
        folder: the volume.
        tools: copy of the instance's scripts for this volume.
        bucket: of the saved work.
    """

    folder: Path
    tools: Path
    bucket: str

    @classmethod
    def open(cls, folder: Path) -> SavedWorkCase:
        tools = Path(tempfile.mkdtemp(prefix="tools-"))
        shutil.copytree(_TOOLS, tools, dirs_exist_ok=True)
        main = tools / "saved_work" / "__main__.py"
        text = main.read_text()
        on_instance = 'Path("/home/ec2-user/SageMaker")'
        assert text.count(on_instance) == 1
        main.write_text(text.replace(on_instance, f"Path({str(folder)!r})"))
        (folder / ".mlproject").mkdir(parents=True)
        (folder / ".mlproject" / "new").touch()
        for path, content in _WRITTEN.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(content)
            os.utime(folder / path, (_LONG_AGO, _LONG_AGO))
        bucket = make_bucket(client("s3"), f"work-{secrets.token_hex(6)}")
        for path, content in _SAVED_BEFORE.items():
            client("s3").put_object(Bucket=bucket, Key=_PREFIX + path, Body=content.encode())
        return cls(folder=folder, tools=tools, bucket=bucket)

    def command(self) -> Command:
        tools = self.tools

        def main() -> None:
            sys.path.insert(0, str(tools / "person"))
            sys.argv = [str(tools / "saved_work"), "save"]
            runpy.run_path(str(tools / "saved_work"), run_name="__main__")

        variables = {
            **shared_server().environment(aws.ACCOUNT, REGION),
            "PATH": f"{aws_program()}:{os.environ['PATH']}",
            "HOME": os.environ.get("HOME", "/"),
            "WORK": f"s3://{self.bucket}/{_PREFIX}",
            "SAVE_LIMIT_MB": "1",
        }
        return Command(main=main, folder=self.folder, variables=variables, error_prefix="")

    def problems(self) -> Sequence[str]:
        saved = {key: content.decode(errors="replace") for key, content in bucket_objects(self.bucket).items()}
        problems = [f"{key} in S3 is not complete" for key, content in saved.items() if content not in _CONTENTS]
        return problems + [f"{path} is not complete" for path, text in self._files().items() if text not in _CONTENTS]

    def unfinished(self) -> Sequence[str]:
        saved, files = bucket_objects(self.bucket), self._files()
        missing = [f"{path} is not saved" for path in _WRITTEN if _PREFIX + path not in saved]
        missing += [f"{path} is not restored" for path in _SAVED_BEFORE if path not in files]
        work = self.folder / ".mlproject" / "work"
        left = [path for name in ("staging", "incoming") for path in (work / name).glob("*")]
        return missing + [f"{path} is left" for path in [*left, *work.glob(".*")]]

    def state(self) -> Sequence[Path]:
        state = self.folder / ".mlproject"
        return [state / "work" / "manifest.json", state / "work.json"]

    def close(self) -> None:
        shutil.rmtree(self.tools)

    def _files(self) -> Mapping[str, str]:
        found = [path for path in self.folder.rglob("*") if path.is_file() and ".mlproject" not in path.parts]
        return {path.relative_to(self.folder).as_posix(): path.read_text(errors="replace") for path in found}


SUBJECT = Subject(
    name="saved work",
    open=SavedWorkCase.open,
    injections={
        "kill -9": Kill(),
        "kill -9 of the group": Kill(group=True),
        "full disk": FullVolume(lacks="blocks"),
        "no inodes": FullVolume(lacks="inodes"),
        "corrupt files": Corruption(),
        "other versions": Corruption(damages=VERSIONS, suffix=".json"),
        "network": BadNetwork(),
        "clock jumps": ClockJump(),
        "two at once": TwoAtOnce(),
    },
    counts={
        "kill -9": 20,
        "kill -9 of the group": 5,
        "full disk": 8,
        "no inodes": 8,
        "corrupt files": 16,
        "other versions": 4,
        "network": 12,
        "clock jumps": 4,
        "two at once": 6,
    },
    samples={"kill -9": 1, "full disk": 1},
)
