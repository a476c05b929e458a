"""`mlproject local up`: the embedded AWS in the background, its record, keys and lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

import embedded_aws
from faults.case import Case, FolderCase
from faults.commands import mlproject
from faults.injection.concurrency import TwoAtOnce
from faults.injection.corruption import VERSIONS, Corruption
from faults.injection.disks import FullVolume
from faults.injection.kills import Kill
from faults.model import Broken, Fault, Injection, Measurement, Subject
from faults.processes import Command, run
from tests.cli.checkout import lay_out

_STATE = Path(".mlproject", "local")


@dataclass(frozen=True, kw_only=True)
class LocalAwsCase(FolderCase):
    """A checkout whose embedded AWS is started.

    Args:
        folder: the checkout.
    """

    folder: Path

    @classmethod
    def open(cls, folder: Path) -> LocalAwsCase:
        folder.mkdir(parents=True)
        lay_out(folder)
        return cls(folder=folder)

    def command(self) -> Command:
        return mlproject("local", "up", "--json", folder=self.folder)

    def problems(self) -> Sequence[str]:
        running = self._servers()
        return [f"{len(running)} servers run"] if len(running) > 1 else []

    def unfinished(self) -> Sequence[str]:
        server = embedded_aws.status(self.folder / _STATE)
        missing = [] if server and embedded_aws.is_responding(server) else ["the embedded AWS does not respond"]
        return missing + [f"{path} is a temporary file" for path in (self.folder / _STATE).glob(".*")]

    def state(self) -> Sequence[Path]:
        # The log is for people.
        return sorted(path for path in (self.folder / _STATE).iterdir() if path.suffix == ".json")

    def close(self) -> None:
        embedded_aws.stop(self.folder / _STATE)

    def _servers(self) -> list[psutil.Process]:
        """Return the servers of this folder that were started and run."""
        return [each for each in psutil.Process().children(recursive=True) if self._is_server(each)]

    def _is_server(self, process: psutil.Process) -> bool:
        try:
            return str(self.folder / _STATE) in process.cmdline()
        except psutil.Error:
            return False  # it has just ended


class KillServer(Injection):
    """SIGKILL of the running server."""

    used = True

    def apply(self, case: Case, fault: Fault, measured: Measurement, output: Path) -> Broken:
        server = embedded_aws.status(case.folder / _STATE)
        assert server
        psutil.Process(server.pid).kill()
        ended = run(case.command(), output=output)
        return Broken(words="SIGKILL of the server", ended=[ended])


SUBJECT = Subject(
    name="local up",
    open=LocalAwsCase.open,
    injections={
        "kill -9": Kill(),
        "kill -9 of the group": Kill(group=True),
        "kill -9 of the server": KillServer(),
        "full disk": FullVolume(lacks="blocks"),
        "no inodes": FullVolume(lacks="inodes"),
        "corrupt files": Corruption(),
        "other versions": Corruption(damages=VERSIONS, suffix=".json"),
        "two at once": TwoAtOnce(),
    },
    counts={
        "kill -9": 14,
        "kill -9 of the group": 4,
        "kill -9 of the server": 2,
        "full disk": 3,
        "no inodes": 4,
        "corrupt files": 24,
        "other versions": 6,
        "two at once": 6,
    },
    samples={"kill -9": 2, "kill -9 of the server": 1},
)
