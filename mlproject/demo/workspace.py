"""A demo's own folder and server: made at the start, gone at the end, however it ends."""

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
from mlproject.demo.telling import Telling


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Where one demo works.

    Args:
        folder: this demo's own, so that two at once do not meet.
        logs: what is kept when the demo fails.
        server: this demo's own embedded AWS.
    """

    folder: Path
    logs: Path
    server: Server


@contextmanager
def workspace(build: Path, telling: Telling) -> Iterator[Workspace]:
    """Start a server in a new folder below `build`; stop it and remove the folder at the end.

    A failure keeps its logs in `build/failed/`, and says so; the next success removes them. SIGTERM ends the demo as
    Ctrl-C does.
    """
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}"
    folder = build / "running" / name
    logs = folder / "logs"
    logs.mkdir(parents=True)
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with telling.phase("start the embedded AWS"):
            server = start(folder / "aws", lifetime=Lifetime.OF_STARTER)
        try:
            yield Workspace(folder=folder, logs=logs, server=server)
        except Exception:
            shutil.copy2(server.log, logs)
            kept = shutil.copytree(logs, build / "failed" / name)
            telling.say(f"logs: {kept}")
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
