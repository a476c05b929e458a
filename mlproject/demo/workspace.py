"""The temporary folder and server of a demo, which are removed however it ends."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from embedded_aws import Lifetime, Server, start, stop
from mlproject.demo.progress import Progress
from mlproject.translation import Message, translated


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """The folder and server of one demo.

    Args:
        folder: a folder of this demo only, so that several demos can run at once.
        logs: the logs, which are kept if the demo fails.
        server: an embedded AWS of this demo only.
    """

    folder: Path
    logs: Path
    server: Server


@contextmanager
def open_workspace(build: Path, progress: Progress) -> Iterator[Workspace]:
    """Start a server in a new folder below `build`; stop it and remove the folder at the end.

    If the demo fails, its logs are kept in `build/failed/` until the next success. SIGTERM ends the demo like Ctrl-C.
    """
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}"
    folder = build / "running" / name
    logs = folder / "logs"
    logs.mkdir(parents=True)
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with progress.phase(Message("start the embedded AWS")):
            server = start(folder / "aws", lifetime=Lifetime.OF_STARTER)
        try:
            yield Workspace(folder=folder, logs=logs, server=server)
        except Exception:
            shutil.copy2(server.log, logs)
            saved = shutil.copytree(logs, build / "failed" / name)
            progress.print(translated("logs: {folder}", folder=saved))
            raise
        else:
            shutil.rmtree(build / "failed", ignore_errors=True)
        finally:
            stop(folder / "aws")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        signal.signal(signal.SIGTERM, previous)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
